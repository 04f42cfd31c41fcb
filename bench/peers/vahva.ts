// The service as `vahva start` composes it, with somebody who counts.
import { loadConfig } from "../../src/config.ts";
import { compose, serve } from "../../src/main.ts";
import { takeOrders } from "./orders.ts";

const composed = await compose({ config: loadConfig(process.env), claim: true, log: () => {} });
const served = await serve(composed);
takeOrders({
  origin: served.url,
  pool: composed.pool,
  close: async () => {
    await served.close();
    await composed.close();
  },
});
