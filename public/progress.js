// Keeps the list of a reset as it is now (/recover/status/…): the server sends it whenever it changes, and at the end says so.
const live = document.querySelector("[data-live]");
const heading = document.querySelector("h1");

/** Puts in only what differs, so that a screen reader says just that, and the focus stays where it is. */
function renew(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const [before, now] = [old.children, fresh.children];
  const isList = old.matches("[data-progress], ul") && before.length === now.length;
  if (!isList) old.replaceWith(fresh);
  else for (const [index, child] of [...now].entries()) renew(before[index], child);
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  const title = fresh.querySelector("template").content;
  document.title = document.title.replace(/^.*(?= – )/, title.textContent.replaceAll("\u00ad", ""));
  heading.replaceChildren(title);
  renew(document.querySelector("[data-progress]"), fresh);
}

function follow() {
  const events = new EventSource(`${location.pathname}/events`);
  events.addEventListener("message", ({ data }) => show(data));
  events.addEventListener("end", () => {
    events.close();
    live.hidden = true;
    for (const update of document.querySelectorAll(`main a[href="${location.pathname}"]`)) update.hidden = true;
  });
  // It reconnects by itself, unless it got another answer than it wanted, as while a node is being replaced.
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}

live.hidden = false;
follow();
