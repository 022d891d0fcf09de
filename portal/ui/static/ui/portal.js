// Small comforts; every page works without them.
"use strict";

// The menu is open where there is room, folded on a phone.
const menu = document.querySelector(".site-nav-menu");
if (menu && window.matchMedia("(max-width: 575.98px)").matches) menu.open = false;

// A group of the navigation closes when the reader goes on elsewhere.
const groups = [...document.querySelectorAll(".site-nav-group")];
const closeGroups = (target) => groups.forEach((group) => { if (!group.contains(target)) group.open = false; });
document.addEventListener("click", (event) => closeGroups(event.target));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeGroups(null); });

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
