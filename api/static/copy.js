"use strict";

// Shows the buttons that copy a text. Where the clipboard is closed to pages (no TLS, an old
// browser) the text is selected and copied by the old command, or left selected to be copied.
(function () {
  const SHOWN_MILLISECONDS = 2500;

  function tell(button, text) {
    button.textContent = text;
    window.setTimeout(function () {
      button.textContent = "复制";
    }, SHOWN_MILLISECONDS);
  }

  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function copyBySelection(button, element) {
    select(element);
    const copied = document.execCommand("copy");
    tell(button, copied ? "已复制" : "已选中，请按 Ctrl+C");
  }

  function copy(button) {
    const element = document.getElementById(button.dataset.copy);
    if (!navigator.clipboard) {
      copyBySelection(button, element);
      return;
    }
    navigator.clipboard.writeText(element.textContent).then(
      function () {
        tell(button, "已复制");
      },
      function () {
        copyBySelection(button, element);
      }
    );
  }

  document.querySelectorAll("button[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      copy(button);
    });
  });
})();
