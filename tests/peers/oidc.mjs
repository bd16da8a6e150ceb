// OpenID providers for tests: panva's certified oidc-provider with a plain sign-in page. Each test asks for one of its own, so that
// what it breaks is broken for nobody else.
//
//   POST /providers {"redirects":[..],"logouts":[..],"backchannel":"..","idTtl":3600,"sparse":true}  ->  {"issuer":"http://127.0.0.1:PORT"}
//     sparse: claims only at userinfo, none but sub in the id_token
//
// and of that provider
//
//   POST issuer/_ctl {"fail":{"token":503}}    what a route answers from now on: token, jwks, userinfo, discovery, auth (a status, "hang", "drop"); {} heals
//                    {"rotate":true|"drop"}    a new signing key beside the old ones, or instead of them
//                    {"user":{"sub":"kim",..}} changes or adds a person; {"remove":"kim"}
//                    {"forge":{"claims":{..},"header":{..},"alg":"none|HS256|RS256"}}   signs the next id_tokens anew with these; null stops it
//                    {"discovery":{..}}, {"userinfo":{..}}   what of these documents is told otherwise; null as a value leaves a key out
//                    {"sign":{"claims":{..},"header":{..}}}   ->  {"token":".."} a token of these claims, signed by the provider
//   GET  issuer/_ctl                           how often each route was asked
import http from 'node:http';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

const packages = createRequire(process.env.OIDC_HOME + '/x.js');
const { default: Provider } = await import(packages.resolve('oidc-provider'));
const jose = await import(packages.resolve('jose'));

const PEOPLE = [
  { sub: 'kim', password: 'kimpw', name: '김철수', email: 'kim@example.test', email_verified: true, department: '데이터플랫폼팀', employee_number: '900001', groups: ['data-stewards', 'everyone'] },
  { sub: 'lee', password: 'leepw', name: '이영희', email: 'lee@example.test', email_verified: true, department: '영업팀', employee_number: '900002', groups: ['everyone'] },
  { sub: 'park', password: 'parkpw', name: '박민수', email: 'park@example.test', email_verified: true, department: '정보보안팀', employee_number: '900003', groups: ['catalog-admins', 'everyone'] },
  { sub: 'choi', password: 'choipw', name: '최지우', email: 'choi@example.test', email_verified: false, department: '재무팀', employee_number: '900004' },
];
const SECRET = 'catalog-secret-catalog-secret-32b';

const body = async (request) => { let text = ''; for await (const part of request) text += part; return text; };
const escape = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const page = (title, text) => `<!doctype html><html lang="ko"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1>${text}`;
const told = (document, otherwise) => {
  for (const [key, value] of Object.entries(otherwise ?? {})) if (value === null) delete document[key]; else document[key] = value;
};

async function newKey(alg) {
  const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  return { ...await jose.exportJWK(privateKey), use: 'sig', alg, kid: crypto.randomBytes(6).toString('hex') };
}

/** Sessions and grants: they outlive a change of keys, which makes a new Provider. */
function storage() {
  const rows = new Map();
  const get = (key) => { const row = rows.get(key); return row && row.end > Date.now() ? row.value : undefined; };
  return class {
    constructor(name) { this.name = name; }
    key(id) { return `${this.name}:${id}`; }
    async upsert(id, value, ttl) {
      rows.set(this.key(id), { value, end: ttl ? Date.now() + ttl * 1000 : Infinity });
      if (value.uid) rows.set(`uid:${value.uid}`, { value: this.key(id), end: Infinity });
      if (value.grantId) rows.set(`grant:${value.grantId}`, { value: [...(get(`grant:${value.grantId}`) ?? []), this.key(id)], end: Infinity });
    }
    async find(id) { return get(this.key(id)); }
    async findByUid(uid) { return get(get(`uid:${uid}`)); }
    async findByUserCode() {}
    async consume(id) { const value = get(this.key(id)); if (value) value.consumed = Math.floor(Date.now() / 1000); }
    async destroy(id) { rows.delete(this.key(id)); }
    async revokeByGrantId(id) { for (const key of get(`grant:${id}`) ?? []) rows.delete(key); }
  };
}

const ROUTES = { '/token': 'token', '/jwks': 'jwks', '/me': 'userinfo', '/auth': 'auth', '/.well-known/openid-configuration': 'discovery', '/session/end': 'logout' };

async function start(asked) {
  const users = new Map(PEOPLE.map((user) => [user.sub, { ...user }]));
  const Storage = storage();
  const state = { fail: {}, forge: null, discovery: null, userinfo: null, counts: {} };
  let keys = [await newKey('RS256')], provider, handler, issuer, port;

  const forged = async (token) => {
    const { claims = {}, header = {}, alg } = state.forge, payload = jose.decodeJwt(token);
    told(payload, claims);
    if (alg === 'none') {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none', ...header })}.${part(payload)}.`;
    }
    if (alg === 'HS256') return new jose.SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(Buffer.from(SECRET));
    const foreign = alg === 'foreign' ? await newKey('RS256') : keys[0];
    return new jose.SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: keys[0].kid, ...header }).sign(await jose.importJWK(foreign, 'RS256'));
  };

  const make = () => {
    provider = new Provider(issuer, {
      adapter: Storage, jwks: { keys: structuredClone(keys) },
      clients: [{
        client_id: 'catalog', client_secret: SECRET, grant_types: ['authorization_code'], response_types: ['code'],
        redirect_uris: asked.redirects, post_logout_redirect_uris: asked.logouts ?? [],
        ...(asked.backchannel ? { backchannel_logout_uri: asked.backchannel, backchannel_logout_session_required: true } : {}),
      }],
      // Cookies know no ports: two providers on one host would mix theirs up.
      cookies: { keys: ['for tests only'], names: { session: `_s${port}`, interaction: `_i${port}`, resume: `_r${port}` } },
      claims: { openid: ['sub', 'sid'], profile: ['name', 'preferred_username', 'department', 'employee_number'], email: ['email', 'email_verified'], groups: ['groups', 'realm_access', '_claim_names'] },
      // Its own asks no private address, and the portals of tests have no other.
      fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined, signal: AbortSignal.timeout(5000) }),
      scopes: ['openid', 'profile', 'email', 'groups'],
      // By default claims are in the id_token too, as with most company providers.
      conformIdTokenClaims: asked.sparse ?? false,
      pkce: { required: () => true },
      features: {
        devInteractions: { enabled: false }, backchannelLogout: { enabled: true },
        rpInitiatedLogout: { enabled: true, logoutSource(ctx, form) {
          ctx.body = page('로그아웃', `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes" id="logout">로그아웃</button>`); } },
      },
      ttl: { IdToken: asked.idTtl ?? 3600, AccessToken: 3600, AuthorizationCode: 60, Interaction: 600, Session: 86400, Grant: 86400 },
      interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
      findAccount: async (_, sub) => {
        const user = users.get(sub);
        return user && { accountId: sub, claims: async () => { const { password, ...claims } = user; return { preferred_username: sub, ...claims }; } };
      },
      // The company owns both sides: no page that asks for consent.
      loadExistingGrant: async (ctx) => {
        const { client, session, provider: of } = ctx.oidc, id = session.grantIdFor(client.clientId);
        const grant = (id && await of.Grant.find(id)) || new of.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope('openid profile email groups');
        await grant.save();
        return grant;
      },
      renderError: async (ctx, out) => { ctx.type = 'html'; ctx.body = page('오류', `<pre id="error">${escape(JSON.stringify(out))}</pre>`); },
    });
    provider.use(async (ctx, next) => {
      await next();
      if (ctx.path === '/token' && ctx.body?.id_token && state.forge) ctx.body.id_token = await forged(ctx.body.id_token);
      if (ctx.path.endsWith('/openid-configuration') && ctx.body) told(ctx.body, state.discovery);
      if (ctx.path === '/me' && ctx.body) told(ctx.body, state.userinfo);
    });
    provider.on('server_error', (_, error) => console.error(error));
    handler = provider.callback();
  };

  const control = async (request, response) => {
    let answer = { counts: state.counts };
    if (request.method === 'POST') {
      const told = JSON.parse(await body(request) || '{}');
      if (told.fail || !Object.keys(told).length) state.fail = told.fail ?? {};
      for (const key of ['forge', 'discovery', 'userinfo']) if (key in told) state[key] = told[key];
      if (told.rotate) { keys = told.rotate === 'drop' ? [await newKey('RS256')] : [await newKey('RS256'), ...keys]; make(); }
      if (told.user) users.set(told.user.sub, { ...users.get(told.user.sub), ...told.user });
      if (told.remove) users.delete(told.remove);
      if (told.sign) {
        const { claims = {}, header = {} } = told.sign;
        const now = Math.floor(Date.now() / 1000), payload = { iss: issuer, aud: 'catalog', iat: now, exp: now + 120, jti: crypto.randomUUID() };
        for (const [key, value] of Object.entries(claims)) if (value === null) delete payload[key]; else payload[key] = value;
        answer = { token: await new jose.SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: keys[0].kid, typ: 'logout+jwt', ...header }).sign(await jose.importJWK(keys[0], 'RS256')) };
      }
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  };

  const login = async (request, response) => {
    const { uid, prompt, params } = await provider.interactionDetails(request, response);
    let failed = '';
    if (request.method === 'POST' && prompt.name === 'login') {
      const form = new URLSearchParams(await body(request)), user = users.get(form.get('login'));
      if (form.has('cancel')) return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'the person went away' });
      if (user && user.password === form.get('password')) return provider.interactionFinished(request, response, { login: { accountId: user.sub, amr: ['pwd'] } });
      failed = '<p id="failed">아이디 또는 비밀번호가 맞지 않습니다.</p>';
    }
    response.writeHead(failed ? 401 : 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page('사내 로그인', `${failed}
<form method="post" action="/login/${escape(uid)}"><input id="login" name="login" value="${escape(params.login_hint ?? '')}"><input id="password" name="password" type="password">
<button id="submit" type="submit">로그인</button><button id="cancel" name="cancel" value="1" type="submit">취소</button></form>`));
  };

  const server = http.createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url, 'http://127.0.0.1');
      if (pathname === '/_ctl') return await control(request, response);
      const route = ROUTES[pathname] ?? (pathname.startsWith('/login/') ? 'login' : 'other');
      state.counts[route] = (state.counts[route] ?? 0) + 1;
      const fail = state.fail[route];
      if (fail === 'hang') return;
      if (fail === 'drop') return request.socket.destroy();
      if (fail) return response.writeHead(fail, { 'content-type': 'text/plain' }).end('made to fail');
      await (route === 'login' ? login(request, response) : handler(request, response));
    } catch (error) {
      console.error(error);
      if (!response.headersSent) response.writeHead(error.statusCode ?? 500, { 'content-type': 'text/plain' });
      response.end(String(error.error_description ?? error.message));
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  port = server.address().port;
  issuer = `http://127.0.0.1:${port}`;
  make();
  return { issuer };
}

http.createServer(async (request, response) => {
  const answer = async () => {
    if (request.method !== 'POST' || request.url !== '/providers') return [404, { error: 'POST /providers' }];
    return [200, await start(JSON.parse(await body(request)))];
  };
  const [status, json] = await answer().catch((error) => { console.error(error); return [500, { error: String(error) }]; });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}).listen(+process.env.OIDC_PORT, '127.0.0.1', () => console.log('ready'));
