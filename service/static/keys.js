// Single keys; they can be turned off, and do nothing while somebody types.
"use strict";

(() => {
  const help = document.getElementById("help");
  const button = document.getElementById("help-button");
  const box = document.getElementById("keys-on");
  if (!help || !button) return;

  let on = true;
  try {
    on = localStorage.getItem("keys") !== "off";
  } catch {
    // no storage: as it comes
  }
  box.checked = on;
  box.addEventListener("change", () => {
    on = box.checked;
    try {
      localStorage.setItem("keys", on ? "on" : "off");
    } catch {
      // holds for this page
    }
  });
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());

  function typing(target) {
    return target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !help.open) return close(event);
    if (!on || help.open || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const does = queueKeys[event.key] ?? (event.key === "?" ? () => help.showModal() : undefined);
    if (does ? does(event) !== false : press(event.key)) event.preventDefault();
  });

  // Leave a field, then close the form that it is in.
  function close(event) {
    if (typing(event.target) && event.target.matches("[type=search]")) return event.target.blur();
    const opened = event.target.closest("details.act[open]") ?? desk.find("details.act[open]");
    if (!opened) return;
    opened.open = false;
    opened.querySelector("summary").focus();
  }

  // Any button or form that names a key.
  function press(key) {
    if (key.length !== 1 || !/^[\w.]$/.test(key)) return false;
    const target = desk.find(`[data-key="${CSS.escape(key)}"]`);
    if (!target || !target.checkVisibility()) return false;
    const act = target.closest("details.act");
    if (!act) {
      target.focus();
      target.click();
      return true;
    }
    act.open = true;
    act.scrollIntoView({ block: "nearest" });
    (act.querySelector("textarea, select, input:not([type=hidden])") ?? act.querySelector("button")).focus();
    return true;
  }

  // --- The queue

  const list = () => [...document.querySelectorAll(".queue > [data-case]")];
  const here = () => document.activeElement?.closest?.("[data-case]");

  function go(step) {
    const cards = list();
    if (!cards.length) return false;
    const at = cards.indexOf(here());
    const next = at < 0 ? (step > 0 ? 0 : cards.length - 1) : at + step;
    if (!cards[next]) {
      if (step > 0) desk.find("[rel=next]")?.focus();
      return true;
    }
    cards[next].querySelector("a").focus();
    cards[next].scrollIntoView({ block: "nearest" });
    return true;
  }

  function tickIt() {
    const box = here()?.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
    return true;
  }

  function acknowledge() {
    if (!list().length) return false;
    if (desk.find(".queue input:checked")) return desk.find("[data-taking]").click();
    const take = here()?.querySelector(".take");
    if (!take) return false;
    here().querySelector("a").focus();
    take.click();
    return true;
  }

  function find() {
    const field = document.getElementById("q");
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }

  const onQueue = document.body.dataset.page === "queue";
  const queueKeys = onQueue ? { j: () => go(1), k: () => go(-1), x: tickIt, a: acknowledge, "/": find } : {};

  // How many are ticked stands on the button.
  function tally() {
    const ticked = document.querySelectorAll(".queue input:checked").length;
    const form = document.getElementById("taking");
    form?.classList.toggle("some", ticked > 0);
    const press = desk.find("[data-taking]");
    if (press) press.textContent = ticked ? `Acknowledge ${ticked} ticked` : "Acknowledge what is ticked";
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches(".queue input[type=checkbox]")) tally();
  });
  document.addEventListener("htmx:after:swap", tally);
})();
