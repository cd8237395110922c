// A certified sign-in server with a device code, PKCE and rotating refresh tokens, on loopback alone.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const server = createServer((request, response) => handle(request, response));
let handle = (request, response) => response.end();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "client", token_endpoint_auth_method: "none", application_type: "native", redirect_uris: ["http://localhost/", "http://127.0.0.1/"],
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"], response_types: ["code"],
    }],
    scopes: ["openid", "offline_access", "profile", "Mail.Read", "MailboxSettings.Read", "User.Read"],
    pkce: { required: () => true },
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: `${id}@example.org` }) }),
    ttl: { AccessToken: 600 },
  });
  handle = provider.callback();
  console.log(`ready ${issuer}`);
});
