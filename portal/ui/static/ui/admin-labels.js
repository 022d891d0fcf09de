// Fields that search related rows are built by a script that gives them no name; they take that of their label.
"use strict";
(() => {
  function nameFields() {
    for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
      const label = document.querySelector(`label[for="${select.id}"]`);
      const field = select.parentElement.querySelector(".select2-selection");
      if (!label || !field) continue;
      label.id ||= `${select.id}_label`;
      for (const part of [field, ...field.querySelectorAll("[role='textbox'], [role='searchbox']")]) {
        part.setAttribute("aria-labelledby", [label.id, part.getAttribute("aria-labelledby")].filter(Boolean).join(" "));
      }
    }
  }

  // jQuery keeps the order in which it was asked: the fields are built before this runs.
  document.addEventListener("DOMContentLoaded", () => window.django?.jQuery?.(nameFields));
})();
