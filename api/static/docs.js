"use strict";

// Shows the API with Swagger UI.
(function () {
  const place = document.getElementById("swagger");
  window.SwaggerUIBundle({
    url: place.dataset.openapi,
    domNode: place,
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    // What is tried out here is done as whoever is signed in.
    requestInterceptor: function (request) {
      request.headers["X-CSRF-Token"] = place.dataset.token;
      return request;
    },
  });
})();
