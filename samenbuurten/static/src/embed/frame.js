// In the frame: tell the page around it how high we are. It holds nothing that anybody may not know.
if (window.parent !== window) {
  // The content, not the document: that is never lower than the frame, so a frame could not shrink.
  const height = () => document.body.getBoundingClientRect().height;
  const tell = () => window.parent.postMessage({ samenbuurten: height() }, "*");
  new ResizeObserver(tell).observe(document.body);
}
