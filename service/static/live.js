// What changes shows at once: by the desk's event stream, calmly.
"use strict";

(() => {
  const page = document.body.dataset.page;
  if (!page || !desk.live()) return countdown();

  const isQueue = page === "queue";
  const wait = { shortest: 1000, afterPointer: 700, longest: 3000, announcement: 10000, lost: 3000, silence: 40000 };
  let stream, again, lostTimer, heardAt = Date.now(), renewing, wanted = 0, renewedAt = 0, pointerAt = 0, retry = 1000;
  let stale, unseen = 0;
  const title = document.title;

  // --- The stream

  // What changed before a stream was open, or while it was broken, nobody tells: it is asked for
  // once the server says that it listens. The browser's own event of that name comes too early.
  function connect() {
    clearTimeout(again);
    stream?.close();
    stale = true;
    stream = new EventSource("/api/v1/events");
    stream.addEventListener("open", (event) => event.data && heard());
    stream.addEventListener("beat", alive);
    stream.addEventListener("lost", () => renew());
    stream.addEventListener("over", () => {
      stream.close();
      desk.signedOut();
    });
    for (const kind of ["case", "mail", "mailbox"]) {
      stream.addEventListener(kind, (event) => {
        alive();
        if (concerns(JSON.parse(event.data))) renew();
      });
    }
    stream.addEventListener("error", () => {
      stale = true;
      lostTimer ??= setTimeout(lost, wait.lost);
      if (stream.readyState === EventSource.CLOSED) {
        again = setTimeout(refused, retry);
        retry = Math.min(30000, retry * 2);
      }
    });
  }

  // The server gives a sign of life every 15 s: without one the connection is dead, and a browser
  // might not notice for long.
  function alive() {
    heardAt = Date.now();
  }

  setInterval(() => {
    if (stream.readyState === EventSource.CLOSED || Date.now() - heardAt < wait.silence) return;
    heardAt = Date.now();
    lost();
    connect();
  }, 5000);
  addEventListener("offline", () => lost());
  addEventListener("online", () => connect());

  function heard() {
    alive();
    const before = stale;
    clearTimeout(lostTimer);
    lostTimer = undefined;
    stale = false;
    retry = 1000;
    desk.calm("lost");
    if (before) renew();
  }

  function lost() {
    if (desk.out) return;
    const time = new Date(renewedAt || performance.timeOrigin).toLocaleTimeString([], { timeStyle: "short" });
    desk.state("lost", `Connection lost. This is how it was at ${time}; it is tried again by itself.`);
  }

  async function refused() {
    try {
      const answer = await fetch("/account", { redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) return desk.signedOut();
    } catch {
      // still out of reach
    }
    connect();
  }

  function concerns(news) {
    if (isQueue) return true;
    return news.kind === "case" && String(news.case) === desk.live().dataset.case;
  }

  // --- Renewing what is shown

  function renew() {
    if (renewing) return;
    wanted ||= Date.now();
    const now = Date.now();
    const calm = now - wanted > wait.longest ? 0 : pointerAt + wait.afterPointer - now;
    const pause = Math.max(150, renewedAt + wait.shortest - now, calm);
    renewing = setTimeout(() => {
      renewing = undefined;
      if (acting.size || (Date.now() - pointerAt < wait.afterPointer && Date.now() - wanted < wait.longest)) return renew();
      wanted = 0;
      renewedAt = Date.now();
      desk.live().dispatchEvent(new CustomEvent("renew"));
    }, pause);
  }

  // What somebody does comes first: a renewal asked for before it would show how it was before.
  const acting = new Set();
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement === desk.live()) return acting.size && event.preventDefault();
    if (ctx.request.method === "GET") return;
    acting.add(ctx);
    desk.live().dispatchEvent(new CustomEvent("htmx:abort"));
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    acting.delete(ctx);
    if (acting.size && ctx.sourceElement === desk.live()) renew();
  });

  addEventListener("pointermove", (event) => {
    if (isQueue && event.target.closest?.(".queue")) pointerAt = Date.now();
  }, { passive: true });

  const known = new Set(cases());
  const bottomless = new URLSearchParams(location.search).has("after");
  let announcedAt = 0, unsaid = [], announcing, lastEvent = newestEvent()?.id;

  function cases() {
    return [...document.querySelectorAll("#cases > [data-case]")].map((card) => card.dataset.case);
  }

  function newestEvent() {
    return desk.find("#history-list > li");
  }

  document.addEventListener("htmx:after:swap", () => {
    tick();
    isQueue ? afterQueue() : afterCase();
  });

  function afterQueue() {
    for (const id of cases()) {
      if (known.has(id)) continue;
      known.add(id);
      if (bottomless) continue;
      const card = document.getElementById(`case-${id}`);
      if (!card?.querySelector(".take")) continue;
      unsaid.push(`${card.querySelector(".severity").textContent.trim()}: ${card.querySelector("h2").textContent.trim()}`);
      if (document.hidden) document.title = `(${++unseen}) ${title}`;
    }
    if (unsaid.length && !announcing) {
      announcing = setTimeout(announce, Math.max(0, announcedAt + wait.announcement - Date.now()));
    }
  }

  function announce() {
    announcing = undefined;
    announcedAt = Date.now();
    desk.say(unsaid.length === 1 ? `New: ${unsaid[0]}` : `${unsaid.length} new cases. ${unsaid[0]}, and others`);
    unsaid = [];
  }

  // Somebody else's doing is said, and what is being typed stays.
  function afterCase() {
    const newest = newestEvent();
    if (!newest || newest.id === lastEvent) return;
    lastEvent = newest.id;
    if (newest.hasAttribute("data-mine") || newest.hasAttribute("data-quiet")) return;
    const place = document.getElementById("changed");
    place.textContent = `Just now: ${newest.querySelector("[data-what]").textContent.replace(/\s+/g, " ").trim()}`;
    place.hidden = false;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (!isQueue) stream.close(); // a browser has few connections to one host
      return;
    }
    unseen = 0;
    document.title = title;
    if (stream.readyState === EventSource.CLOSED) connect();
  });
  document.addEventListener("desk:in", connect);
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => event.persisted && connect());

  connect();
  countdown();

  // --- Counting down, by the clock of the server

  function countdown() {
    setInterval(tick, 10000);
    tick();
  }
})();

function tick() {
  const skew = (window.deskSkew ??= document.body.dataset.now ? Date.parse(document.body.dataset.now) - Date.now() : 0);
  const now = Date.now() + skew;
  for (const time of document.querySelectorAll("time[data-due]")) {
    const due = Date.parse(time.dateTime);
    const minutes = Math.floor(Math.abs(due - now) / 60000);
    const hours = Math.floor(minutes / 60);
    const said =
      minutes < 1 ? "under 1 min" : hours < 1 ? `${minutes} min` : hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${Math.floor(hours / 24)} days`;
    const text = `${said} ${due <= now ? "over" : "left"}`;
    if (time.textContent !== text) time.textContent = text;
    time.classList.toggle("over", due <= now);
  }
}
