// Small comforts; every page works without them.
"use strict";

// The menu is open where there is room, folded on a phone.
const menu = document.querySelector(".site-nav details");
if (menu && window.matchMedia("(max-width: 575.98px)").matches) menu.open = false;

// A refused form: move to the summary of what is wrong.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// A second click must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
