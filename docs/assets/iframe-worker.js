// A stand-in for Worker on pages opened from disk, where browsers allow no workers: the site's search runs in a hidden
// frame instead. The search finds out by the name IFrameWorker that it does, and waits for importScripts then.
(() => {
  if (location.protocol !== "file:") return;

  const load = (page, address) =>
    new Promise((done, failed) => {
      const script = page.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error(`cannot load ${address}`));
      page.body.append(script);
    });

  class FrameWorker extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) }));
      inside.importScripts = async (...addresses) => {
        for (const one of addresses) await load(inside.document, one);
      };
      this.started = load(inside.document, new URL(address, location.href).href);
    }

    postMessage(data) {
      const inside = this.frame.contentWindow;
      this.started.then(() => inside.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) })));
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.IFrameWorker = window.Worker = FrameWorker;
})();
