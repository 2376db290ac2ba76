"use strict";

// Keeps what was typed into a form with data-draft until it is saved, in this tab only.
// A form with data-fresh is one that the server has not filled in.
(function () {
  const script = document.currentScript;

  function key(name) {
    return "draft:" + name;
  }

  function read(name) {
    try {
      return JSON.parse(sessionStorage.getItem(key(name)) || "null");
    } catch (error) {
      return null;
    }
  }

  function write(name, value) {
    try {
      if (value === null) {
        sessionStorage.removeItem(key(name));
      } else {
        sessionStorage.setItem(key(name), JSON.stringify(value));
      }
    } catch (error) {
      // Storage is full or switched off: the form works without it.
    }
  }

  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.type !== "hidden" && field.type !== "submit";
    });
  }

  function typed(form) {
    const values = {};
    fieldsOf(form).forEach(function (field) {
      if (field.value) {
        values[field.name] = field.value;
      }
    });
    return Object.keys(values).length ? values : null;
  }

  function restore(form, name) {
    const values = read(name);
    if (!values) {
      return;
    }
    fieldsOf(form).forEach(function (field) {
      if (typeof values[field.name] === "string") {
        field.value = values[field.name];
      }
    });
    const notice = document.getElementById("draft-notice");
    notice.hidden = false;
    document.getElementById("draft-drop").addEventListener("click", function () {
      write(name, null);
      fieldsOf(form).forEach(function (field) {
        field.value = "";
      });
      notice.hidden = true;
      fieldsOf(form)[0].focus();
    });
  }

  if (script.dataset.forget) {
    write(script.dataset.forget, null);
    return;
  }
  const form = document.querySelector("form[data-draft]");
  if (!form) {
    return;
  }
  const name = form.dataset.draft;
  if ("fresh" in form.dataset) {
    restore(form, name);
  }
  form.addEventListener("input", function () {
    write(name, typed(form));
  });
})();
