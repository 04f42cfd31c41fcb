/** An HTTP answer as a browser's address bar and its cookies see it. */
export type Answer = { status: number; headers: Headers; url: string; text: string; location: string | null };

type Cookie = { name: string; value: string; path: string };

/** A browser without a screen: keeps cookies by path, follows redirects only as far as it is told. */
export function makeAgent(origin: string) {
  let cookies: Cookie[] = [];

  const cookiesFor = (path: string) =>
    cookies
      .filter((cookie) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, "/")))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  const keep = (header: string) => {
    const [pair = "", ...attributes] = header.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf("="));
    const find = (key: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = find("path") ?? "/";
    cookies = cookies.filter((cookie) => !(cookie.name === name && cookie.path === path));
    const over =
      find("max-age") === "0" ||
      (find("expires") !== undefined && new Date(find("expires") ?? 0).getTime() < Date.now());
    if (!over) cookies.push({ name, value: pair.slice(pair.indexOf("=") + 1), path });
  };

  /** One request; redirects are not followed. */
  async function send(url: string, init: RequestInit = {}): Promise<Answer> {
    const target = new URL(url, origin);
    const headers = new Headers(init.headers);
    const cookie = cookiesFor(target.pathname);
    if (cookie && !headers.has("cookie")) headers.set("cookie", cookie);
    const response = await fetch(target, { ...init, headers, redirect: "manual" });
    for (const header of response.headers.getSetCookie()) keep(header);
    const location = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      url: target.href,
      text: await response.text(),
      location: location && new URL(location, target).href,
    };
  }

  /** Follows redirects on our own origin; stops where they lead elsewhere, or at a page, or where `until` says. */
  async function open(url: string, until: (location: string) => boolean = () => false): Promise<Answer> {
    let answer = await send(url);
    for (let hops = 0; hops < 10 && answer.location?.startsWith(origin) && !until(answer.location); hops += 1)
      answer = await send(answer.location);
    return answer;
  }

  return {
    send,
    open,
    cookies: () => cookies.map((cookie) => ({ ...cookie })),
    /** Another browser with the same cookies: a second tab that has not heard of the first one's answers. */
    copy: () => {
      const twin = makeAgent(origin);
      twin.restore(cookies);
      return twin;
    },
    restore: (kept: readonly Cookie[]) => {
      cookies = kept.map((cookie) => ({ ...cookie }));
    },
  };
}

export type Agent = ReturnType<typeof makeAgent>;
