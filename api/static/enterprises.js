"use strict";

// Suggests enterprises of the library while a name is typed, and fills in the county of the one
// that is chosen if it is still empty.
(function () {
  const source = document.currentScript.dataset.source;
  const name = document.getElementById("f-enterprise_name");
  const county = document.getElementById("f-county");
  const list = document.getElementById("enterprises");
  const counties = new Map();
  let waiting = 0;

  function show(enterprises) {
    list.textContent = "";
    enterprises.forEach(function (enterprise) {
      const option = document.createElement("option");
      option.value = enterprise.name;
      option.label = enterprise.county;
      list.append(option);
      counties.set(enterprise.name, enterprise.county);
    });
  }

  function suggest() {
    const text = name.value.trim();
    if (text.length < 2 || counties.has(text)) {
      return;
    }
    fetch(source + "?limit=20&q=" + encodeURIComponent(text))
      .then(function (response) {
        return response.ok ? response.json() : { items: [] };
      })
      .then(function (found) {
        show(found.items);
      })
      .catch(function () {
        // Without suggestions the name is typed in full.
      });
  }

  name.addEventListener("input", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(suggest, 200);
  });
  name.addEventListener("change", function () {
    const known = counties.get(name.value.trim());
    if (known && !county.value) {
      county.value = known;
      county.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
