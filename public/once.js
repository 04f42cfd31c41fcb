// A form is sent once: the second click of a double click would throw away the first one's answer, and its cookie.
let sent = null;
document.addEventListener("submit", (event) => {
  if (sent === event.target) event.preventDefault();
  sent = event.target;
  setTimeout(() => {
    sent = null; // the network may have failed: then it may be sent again
  }, 5000);
});
addEventListener("pageshow", () => {
  sent = null;
});
