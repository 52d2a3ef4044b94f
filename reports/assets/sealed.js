// In a function of its own: the page that is opened runs in the same window, and its names must be free.
(() => {
  const byId = (id) => document.getElementById(id);
  const sealed = JSON.parse(byId("data").textContent);
  const form = byId("form"), said = byId("said");
  const say = (text) => { said.textContent = text; };
  const expired = () => Date.now() >= sealed.expires * 1000;
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const plain = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const ready = () => document.documentElement.setAttribute("data-sealed", expired() ? "expired" : "asks");

  function refuse(text) {
    form.hidden = true;
    say(text);
  }

  async function open(passcode) {
    const encoder = new TextEncoder();
    const material = await crypto.subtle.importKey("raw", encoder.encode(plain(passcode)), "PBKDF2", false, ["deriveKey"]);
    const made = { name: "PBKDF2", hash: "SHA-256", salt: bytes(sealed.salt), iterations: sealed.rounds };
    const key = await crypto.subtle.deriveKey(made, material, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const bound = [sealed.format, sealed.rounds, sealed.salt, sealed.nonce, sealed.expires].join("|");
    const how = { name: "AES-GCM", iv: bytes(sealed.nonce), additionalData: encoder.encode(bound) };
    const packed = await crypto.subtle.decrypt(how, key, bytes(sealed.sealed));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  // Opened and left open, it closes at its time; a phone that slept looks when it wakes.
  function closeInTime() {
    const close = () => { if (expired()) location.reload(); };
    setInterval(close, 30000);
    document.addEventListener("visibilitychange", close);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (expired()) { refuse(sealed.words.sealed_expired); return; }
    const button = form.querySelector("button");
    button.disabled = true;
    say(sealed.words.sealed_opening);
    let page;
    try {
      page = await open(byId("passcode").value);
    } catch {
      button.disabled = false;
      say(sealed.words.sealed_wrong);
      byId("passcode").select();
      return;
    }
    document.open();
    document.write(page);
    document.close();
    closeInTime();
  });

  if (!(window.isSecureContext && window.crypto?.subtle && window.DecompressionStream)) refuse(sealed.words.sealed_cannot);
  else if (expired()) refuse(sealed.words.sealed_expired);
  ready();
})();
