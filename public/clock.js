// Compares this device's clock with the time at which the server made the page (/test/code).
const place = document.querySelector("[data-clock]");
const [page] = performance.getEntriesByType("navigation");
// The answer began to arrive this long ago: what passed since then is the device's, not a wrong clock's.
const arrived = Date.now() - (performance.now() - (page?.responseStart ?? performance.now()));
const off = Math.round((arrived - Number(place.dataset.clock)) / 1000);
const whole = Math.abs(off);
const time = whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
const { fine, behind, ahead } = place.dataset;
place.textContent = whole <= 10 ? fine : (off < 0 ? behind : ahead).replace("{time}", time);
place.hidden = false;
