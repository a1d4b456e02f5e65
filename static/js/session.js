// Says two minutes before the session ends that it will, and lets somebody stay. The server decides;
// without this script it ends all the same, and what was typed comes back after signing in.
const box = document.querySelector("[data-session]");
const words = box.querySelector("p");
const button = box.querySelector("button");
// Seconds before the end, and milliseconds between looks.
const WARN = 120;
const EVERY = 10_000;

let until = Date.now() + Number(box.dataset.session) * 1000;
let isOver = false;
// Eight hours are over: staying does not help.
let isLast = false;

const left = () => (until - Date.now()) / 1000;

function show() {
  box.hidden = !isOver && left() > WARN;
  button.hidden = isOver || isLast;
  const { soon, last, over } = box.dataset;
  if (!box.hidden) words.textContent = isOver ? over : isLast ? last : soon;
}

async function ask(options) {
  let answer;
  try {
    answer = await fetch(box.dataset.at, { redirect: "manual", ...options });
  } catch {
    // No network for the moment.
    return;
  }
  if (answer.ok) until = Date.now() + (await answer.json()).left * 1000;
  // It leads to the sign-in page. A server that is busy says nothing about the session.
  else if (answer.type === "opaqueredirect") isOver = true;
  show();
}

// Another tab may have kept the session going, so the server is asked before anything is said.
function look() {
  if (!isOver && left() <= WARN) ask();
}

button.addEventListener("click", async () => {
  const body = new URLSearchParams({ csrf_token: document.querySelector("[name=csrf_token]").value });
  await ask({ method: "POST", body });
  isLast = left() <= WARN;
  show();
});
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
