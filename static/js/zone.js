// Shows the free times in the zone of this device to somebody who has not chosen a zone yet.
// Without it they are shown in the zone of the state the person lives in.
const { options, value: shown } = document.querySelector("select[name=zone]");

// Many zones keep the same time under other names, such as America/Detroit and America/New_York.
const clock = (zone) =>
  [0, 6].map((month) => new Date(Date.UTC(2030, month)).toLocaleString("en-US", { timeZone: zone })).join();

const here = clock(undefined);
const same = [...options].find((option) => option.value && clock(option.value) === here);
if (same && clock(shown) !== here) {
  const asked = new URLSearchParams(location.search);
  asked.set("zone", same.value);
  location.replace("?" + asked);
}
