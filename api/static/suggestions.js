"use strict";

// Fills in a suggestion at a click; without this the button sends the form, which comes back so.
(function () {
  const SIGNS = /[、，,；;\n\t|]/;

  function withKeyword(text, keyword) {
    const line = text.trim();
    const parts = SIGNS.test(line) ? line.split(SIGNS) : line.split(/\s+/);
    const words = parts.map((part) => part.trim()).filter(Boolean);
    return words.includes(keyword) ? line : words.concat(keyword).join("、");
  }

  // Marks again which suggestions stand in their field.
  function show(field) {
    const words = field.name === "keywords" ? field.value.split("、") : [field.value.trim()];
    document.querySelectorAll("button.pick").forEach(function (button) {
      const choice = choiceOf(button);
      if (choice.field === field.name) {
        button.setAttribute("aria-pressed", String(words.includes(choice.value)));
      }
    });
  }

  function choiceOf(button) {
    const split = button.value.indexOf(":");
    return { field: button.value.slice(0, split), value: button.value.slice(split + 1) };
  }

  function unmark(name) {
    document.querySelectorAll('[data-mark="' + name + '"], [name="system-' + name + '"]').forEach(
      function (mark) {
        mark.remove();
      }
    );
  }

  document.querySelectorAll("button.pick").forEach(function (button) {
    button.addEventListener("click", function (event) {
      const choice = choiceOf(button);
      const field = document.getElementById("f-" + choice.field);
      event.preventDefault();
      field.value =
        choice.field === "keywords" ? withKeyword(field.value, choice.value) : choice.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  ["field", "industry", "keywords"].forEach(function (name) {
    const field = document.getElementById("f-" + name);
    field.addEventListener("input", function () {
      unmark(name);
      show(field);
    });
  });
})();
