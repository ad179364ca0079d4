/** Loaded before the program under test: no name but this machine's own leads anywhere. Addresses are no names. */
const dns = require('node:dns');
const { isIP } = require('node:net');

const { lookup } = dns;

Object.assign(dns, {
  lookup(name, options, callback) {
    if (name === 'localhost' || isIP(name) !== 0) {
      lookup(name, options, callback);
      return;
    }
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    process.nextTick(callback ?? options, error);
  },
});
