postMessage(crossOriginIsolated && new SharedArrayBuffer(8).byteLength === 8);
