"use strict";

// Shows a contact in its place at a click on 查看; without this the button opens a page with it.
(function () {
  function fill(contact, shown) {
    contact.querySelectorAll("[data-of]").forEach(function (part) {
      part.textContent = shown[part.dataset.of];
    });
  }

  document.querySelectorAll("form[data-reveal]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const headers = { "X-CSRF-Token": form.elements.csrf.value };
      fetch(form.dataset.reveal, { method: "POST", headers: headers })
        .then(function (response) {
          if (!response.ok) {
            throw new Error("not shown");
          }
          return response.json();
        })
        .then(function (shown) {
          fill(form.closest("li"), shown);
          form.remove();
        })
        .catch(function () {
          form.submit();
        });
    });
  });
})();
