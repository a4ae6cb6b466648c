/* What the other files stand on: finding elements, the reader's preferences, telling a screen reader, and the three
   handles that Gradio gives. All files of this folder become one script, in the order that layout.py says; the server
   renders all words as HTML, and what is added here is set as text. */
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const narrow = () => matchMedia("(max-width: 860px)").matches;
const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const announce = (words) => { const status = one("#status"); if (status) status.textContent = words; };

let fire = () => {};           // triggers an event of the component in which turns grow
let fireTranscript = () => {}; // the same of the transcript
let live = {};                 // the properties of the first: its `value` is the HTML of the turn that grows
