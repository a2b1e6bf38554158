// Forms that renew a part of the page and never lose what somebody typed.
"use strict";

const desk = {
  find: (selector) => document.querySelector(selector),
  live: () => document.getElementById("live"),

  // Said to who cannot see the page; one sentence at a time.
  say(text) {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  },

  // A strip below the bar that says how the page itself fares; `link` is [words, address].
  state(name, text, link) {
    const strip = document.getElementById("state");
    if (!strip || (strip.dataset.name === name && !strip.hidden)) return;
    strip.dataset.name = name;
    strip.replaceChildren(text);
    if (link) {
      const a = document.createElement("a");
      Object.assign(a, { href: link[1], target: "_blank", rel: "noopener", textContent: link[0] });
      strip.append(" ", a);
    }
    strip.hidden = false;
  },

  calm(...names) {
    const strip = document.getElementById("state");
    if (strip && names.includes(strip.dataset.name)) strip.hidden = true;
  },

  signedOut() {
    desk.out = true;
    desk.state("out", "You were signed out. What you wrote is still here.", ["Sign in in another tab", "/sign-in"]);
  },

  // Whether we are in again: then forms carry the token of the new session.
  async backIn() {
    if (!desk.out) return;
    let answer;
    try {
      answer = await fetch("/account", { redirect: "manual" });
    } catch {
      return;
    }
    if (answer.status !== 200) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("meta[name=csrf]")?.content;
    if (!token) return;
    desk.find("meta[name=csrf]").content = token;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
    desk.out = false;
    desk.calm("out");
    desk.say("You are signed in again.");
    document.dispatchEvent(new Event("desk:in"));
  },
};

addEventListener("focus", desk.backIn);
document.addEventListener("visibilitychange", () => document.hidden || desk.backIn());

// What was typed stays as it is, whatever else on the page is renewed.
document.addEventListener("input", (event) => {
  event.target.closest("form[data-keeps]")?.setAttribute("data-typed", "");
});
addEventListener("beforeunload", (event) => {
  const typed = [...document.querySelectorAll("form[data-typed] :is(textarea, input[type=text])")];
  if (typed.some((field) => field.value.trim() && field.value !== field.defaultValue)) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("hx-post")) event.target.removeAttribute("data-typed");
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 401 || new URL(ctx.response.raw.url).pathname === "/sign-in") {
    event.preventDefault();
    desk.signedOut();
  }
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  const main = tasks.find((task) => task.type === "main");
  if (ctx.select && !main?.fragment.querySelector(ctx.select)) {
    event.preventDefault();
    const page = new DOMParser().parseFromString(ctx.text, "text/html");
    const said = page.querySelector("main p")?.textContent.trim();
    desk.state("refused", said || "That did not work. Nothing was lost.");
    return;
  }
  desk.calm("refused", "unsent");
  if (ctx.sourceElement === desk.live()) return stay(main.fragment);
  const form = ctx.sourceElement?.closest?.("form");
  if (!form || ctx.request.method === "GET") return;
  form.removeAttribute("data-typed");
  if (ctx.response.status < 400) {
    form.reset();
    form.closest("details.act")?.removeAttribute("open");
  }
  ctx.acted = true;
});

// What was refused, with the text that came back, stays said until somebody acts again.
function stay(renewed) {
  for (const strip of [...document.querySelectorAll("[data-stays]")].reverse()) {
    if (!renewed.getElementById(strip.id)) renewed.querySelector(strip.dataset.stays)?.after(strip.cloneNode(true));
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (!ctx.acted) return;
  const wrong = desk.find("[aria-invalid=true]");
  const strip = desk.find("[data-done]");
  if (strip) desk.say(strip.querySelector("p")?.textContent.trim() ?? "");
  if (wrong) wrong.focus();
  else if (document.activeElement === document.body || !document.activeElement?.checkVisibility()) strip?.focus();
});

// What was done is said for a while; taking it back stays possible among the acts.
setInterval(() => {
  const strip = desk.find("[data-done]");
  if (!strip || strip.matches(":hover, :focus-within")) return;
  strip.dataset.age = Number(strip.dataset.age ?? 0) + 1;
  if (strip.dataset.age < 6) return;
  strip.remove();
  desk.live()?.setAttribute("hx-get", desk.live().dataset.plain);
}, 10000);

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.request?.method === "POST") {
    desk.state("unsent", "The desk cannot be reached. Nothing was done, and what you wrote is still here: send it again.");
  }
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response.status < 500) return;
  desk.state("refused", "Something broke on our side. Nothing was lost: try again.");
});

// What somebody opened stays open.
htmx.registerExtension("desk", {
  htmx_before_morph_attr: (element, { attrName, newValue }) =>
    attrName !== "data-age" && !(newValue === null && ["open", "data-typed"].includes(attrName)),
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    document.execCommand("copy");
  }
  desk.say("Copied.");
  button.dataset.said = "Copied";
  setTimeout(() => delete button.dataset.said, 2000);
});
