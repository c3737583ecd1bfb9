"use strict";
// Asks for the state once a second. All text that comes from outside is set as text, never as HTML.

const EVERY_MILLIS = 1000;
const RATE_MILLIS = 10000;
const PATIENCE_MILLIS = 4000;
const samples = [];
let lastAnswer = 0;
const loadedAt = Date.now();

const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");
const clock = (millis) => new Date(millis).toLocaleTimeString([], { hour12: false });

/** Sets the text of an element if it differs, so that nothing is announced twice. */
function text(id, value) {
  const element = byId(id);
  if (element.textContent !== String(value)) element.textContent = value;
}

function made(tag, content, style) {
  const element = document.createElement(tag);
  if (content !== undefined) element.textContent = content;
  if (style) element.className = style;
  return element;
}

function seconds(millis) {
  return millis < 10000 ? (millis / 1000).toFixed(1) + " s" : duration(millis);
}

function duration(millis) {
  const s = Math.round(millis / 1000);
  if (s < 120) return s + " s";
  if (s < 7200) return Math.floor(s / 60) + " min " + (s % 60) + " s";
  return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
}

function size(bytes) {
  if (bytes < 1000) return bytes + " B";
  if (bytes < 1e6) return (bytes / 1e3).toFixed(1) + " kB";
  return (bytes / 1e6).toFixed(2) + " MB";
}

function records(counts) {
  const parts = Object.entries(counts).map(([section, count]) => number(count) + " " + section);
  return parts.length ? parts.join(", ") : "no records";
}

const read = (s) => s.merged + s.duplicateIds + s.duplicateContents + s.deadLetters;

/** Messages per second and topic over the last ten seconds; null until there are two samples. */
function rate(topic) {
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (!first || last.now <= first.now || !(topic in first.read)) return null;
  return Math.max(0, (last.read[topic] - first.read[topic]) * 1000 / (last.now - first.now));
}

function remember(status) {
  const sample = { now: status.now, read: {} };
  status.streams.forEach((s) => { sample.read[s.topic] = read(s); });
  const previous = samples[samples.length - 1];
  const restarted = previous && (previous.now > sample.now
      || Object.keys(sample.read).some((topic) => sample.read[topic] < previous.read[topic]));
  if (restarted) samples.length = 0;
  samples.push(sample);
  while (samples.length > 2 && sample.now - samples[0].now > RATE_MILLIS) samples.shift();
}

const STREAM_WORDS = {
  MEMBER: "reading", REFUSED: "login or certificate refused", UNREACHABLE: "no broker answers", NO_TOPIC: "the topic does not exist",
  UNREADABLE: "cannot be read",  NO_CONSUMER: "consumers are missing", NOT_A_MEMBER: "not in the group",
};
const API_WORDS = {
  UNKNOWN: "Nothing sent yet", ACCEPTING: "Accepting", UNAVAILABLE: "Unavailable", REFUSING: "Refusing",
};

function stream(s) {
  const item = made("li", undefined, "stream");
  const perSecond = rate(s.topic);
  item.append(made("h2", s.topic));
  const figure = made("p", undefined, "figure");
  const shown = perSecond === null ? "\u2013" : perSecond < 100 ? perSecond.toFixed(1) : number(Math.round(perSecond));
  figure.append(made("b", shown), " messages/s");
  item.append(figure);
  const well = s.state === "MEMBER";
  item.append(made("p", (STREAM_WORDS[s.state] || s.state) + " since " + clock(s.since), well ? "small" : "small bad"));
  if (s.detail) item.append(made("p", s.detail, "small"));
  item.append(made("p", number(read(s)) + " read, " + number(s.merged) + " merged", "small"));
  const leaving = made("p", undefined, "leaving");
  leaving.append(made("span", number(s.duplicateIds + s.duplicateContents) + " duplicates"),
      made("span", number(s.deadLetters) + (s.deadLetters === 1 ? " dead letter" : " dead letters"), s.deadLetters ? "warn" : ""));
  item.append(leaving);
  return item;
}

function bar(id, value, most, words) {
  byId(id).max = Math.max(1, most);
  byId(id).value = value;
  text(id + "-text", words);
}

function open(batch) {
  const empty = batch.leftMillis === null;
  text("left", empty ? "empty" : seconds(batch.leftMillis));
  text("left-unit", empty ? "" : "left");
  bar("messages", batch.messages, batch.maxMessages, number(batch.messages) + " of " + number(batch.maxMessages));
  bar("bytes", batch.bytes, batch.maxBytes, size(batch.bytes) + " of " + size(batch.maxBytes));
  const passed = empty ? 0 : batch.windowMillis - batch.leftMillis;
  bar("time", passed, batch.windowMillis, seconds(passed) + " of " + seconds(batch.windowMillis));
}

function pending(p) {
  text("pending", number(p.batches));
  text("pending-unit", p.batches === 1 ? "batch" : "batches");
  byId("pending-bar").max = p.maxBatches;
  byId("pending-bar").value = p.batches;
  text("pending-text", p.batches + " of " + p.maxBatches);
  text("pending-messages", p.batches >= p.maxBatches ? "Reading pauses until one is delivered"
      : number(p.messages) + " messages wait");
}

function api(a) {
  const well = a.state === "ACCEPTING" || a.state === "UNKNOWN";
  text("api-state", API_WORDS[a.state] || a.state);
  byId("api-state").className = a.state === "ACCEPTING" ? "good" : well ? "" : a.state === "REFUSING" ? "bad" : "warn";
  byId("api").className = "card" + (well ? "" : a.state === "REFUSING" ? " trouble" : " unsure");
  text("api-since", "since " + clock(a.since));
  text("api-detail", a.detail);
  text("api-url", a.url);
  return well;
}

function check(c) {
  const item = made("li");
  const line = made("p");
  line.append(made("b", c.up ? "UP" : "DOWN", c.up ? "good" : "bad"), " " + c.name);
  item.append(line);
  if (!c.up && c.message) item.append(made("p", c.message));
  return item;
}

function settled(b) {
  const item = made("li");
  item.append(made("code", b.eventId), made("span", records(b.records)), made("span", b.seconds < 1 ? "< 1 s" : duration(b.seconds * 1000)),
      made("span", b.reason + ", " + (b.taken ? "delivered " : "dead letter ") + clock(b.at), b.taken ? "small" : "small bad"));
  return item;
}

function show(status) {
  remember(status);
  document.title = status.name;
  text("name", status.name + " " + status.version);
  byId("streams").replaceChildren(...status.streams.map(stream));
  open(status.open);
  pending(status.pending);
  const apiWell = api(status.api);
  byId("checks").replaceChildren(...status.readiness.map(check));
  byId("batches").replaceChildren(...status.batches.map(settled));
  byId("no-batches").hidden = status.batches.length > 0;
  const flowing = status.streams.some((s) => rate(s.topic) > 0);
  const last = status.batches[0];
  byId("pipe-in").className = flowing ? "pipe flowing" : "pipe";
  byId("pipe-pending").className = flowing ? "pipe flowing" : "pipe";
  byId("pipe-out").className = !apiWell ? "pipe blocked"
      : last && status.now - last.at < status.open.windowMillis + 2000 ? "pipe flowing" : "pipe";
  const ready = status.readiness.every((c) => c.up);
  verdict(!ready ? "Not ready" : !apiWell ? "Ready, but the API is away" : "Ready", !ready ? "bad" : !apiWell ? "warn" : "good");
}

function verdict(words, style) {
  text("verdict", words);
  byId("verdict").className = "pill " + style;
}

function reached(yes) {
  document.body.classList.toggle("stale", !yes);
  byId("lost").hidden = yes;
  if (yes) return;
  verdict("Not reachable", "bad");
  text("lost", "Tributary is not reachable since " + clock(lastAnswer || loadedAt)
      + (lastAnswer ? "; below is what it said last. " : ". ") + "This page tries again every second.");
  ["pipe-in", "pipe-pending", "pipe-out"].forEach((id) => { byId(id).className = "pipe"; });
}

async function poll() {
  try {
    const answer = await fetch("observe/status", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MILLIS) });
    if (!answer.ok) throw new Error("status " + answer.status);
    const status = await answer.json();
    lastAnswer = Date.now();
    reached(true);
    show(status);
  } catch (failure) {
    reached(false);
  }
  setTimeout(poll, EVERY_MILLIS);
}

poll();
