"use strict";

// Shows the print button, which works only with this script.
(function () {
  const button = document.querySelector("button[data-print]");
  button.hidden = false;
  button.addEventListener("click", function () {
    window.print();
  });
})();
