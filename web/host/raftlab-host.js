// For a page that embeds Raftlab: plays it, listens to it, and makes its frame as high as it
// wants to be. No dependency; docs/EMBEDDING.md tells what there is.
//
//   <iframe id="raft" src=".../raftlab.html?embed=1#scenario=leader-crash" ...></iframe>
//   <script src="raftlab-host.js"></script>
//   <script>
//     const lab = Raftlab(document.getElementById("raft"));
//     lab.on("violation", ({ text }) => console.log(text));
//     lab.play();
//   </script>
(() => {
  "use strict";
  const VERSION = 1;

  // `resize: false` leaves the frame's height alone.
  globalThis.Raftlab = (iframe, { resize = true } = {}) => {
    const listeners = new Map();
    const waiting = new Map();
    let asked = 0;
    let isReady = false;
    let queue = [];

    // A sandboxed frame has no origin that one could name; nothing that is sent is secret.
    const send = (message) => iframe.contentWindow?.postMessage(message, "*");

    const ask = (type, fields = {}) => {
      const id = (asked += 1);
      const message = { ...fields, raftlab: VERSION, type, id };
      const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
      // Who doesn't wait for the answer hears of what is wrong by `on("error", ...)`.
      answer.catch(() => {});
      if (isReady) send(message);
      else queue.push(message);
      return answer;
    };

    const hear = (event) => {
      const message = event.data;
      if (event.source !== iframe.contentWindow || message?.raftlab !== VERSION) return;
      if (!isReady && (message.type === "ready" || message.type === "state")) {
        isReady = true;
        for (const late of queue) send(late);
        queue = [];
      }
      const asker = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === "error") asker?.reject(new Error(message.text));
      else asker?.resolve(message);
      if (message.type === "resize" && resize) iframe.style.height = `${message.height}px`;
      for (const listener of listeners.get(message.type) ?? []) listener(message);
    };
    addEventListener("message", hear);
    // If it was ready before this script, it has not been heard; asked, it answers.
    send({ raftlab: VERSION, type: "getState", id: 0 });

    return {
      play: () => ask("play"),
      pause: () => ask("pause"),
      // To a moment, in microseconds.
      seek: (at) => ask("seek", { at }),
      // So many events further, or back.
      step: (by = 1) => ask("step", { by }),
      // Another run: what stands after # in a link.
      load: (address) => ask("load", { address }),
      // Does something to the cluster, such as "crash:leader".
      act: (action) => ask("act", { action }),
      getState: () => ask("getState"),
      // Any of { address, at, speed, playing }, such as what getState gave.
      setState: ({ address, at, speed, playing }) => ask("setState", { address, at, speed, playing }),
      // Returns what ends it.
      on: (type, listener) => {
        if (!listeners.has(type)) listeners.set(type, new Set());
        listeners.get(type).add(listener);
        return () => listeners.get(type).delete(listener);
      },
      // Ends everything; the frame plays on by itself.
      close: () => {
        removeEventListener("message", hear);
        listeners.clear();
      },
    };
  };
})();
