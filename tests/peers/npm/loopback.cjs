// Keeps every server of this process on loopback; the emulator would listen on all interfaces.
const net = require("net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === "number" || typeof args[0] === "string") {
    const rest = typeof args[1] === "string" ? args.slice(2) : args.slice(1);
    return listen.call(this, Number(args[0]), "127.0.0.1", ...rest.filter((one) => typeof one === "function"));
  }
  if (args[0] && typeof args[0] === "object" && "port" in args[0]) args[0].host = "127.0.0.1";
  return listen.apply(this, args);
};
