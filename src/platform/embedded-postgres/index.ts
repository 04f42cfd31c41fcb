import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError } from "../../kernel/plain-error.ts";
import { chooseAddress, urlOf } from "./address.ts";
import { prepareCluster } from "./cluster.ts";
import { type Lock, oneAtATime, tryLock } from "./lock.ts";
import { boundLog } from "./log-file.ts";
import { findPlace, openDirectory, type Place } from "./place.ts";
import { isPostmasterOf } from "./process.ts";
import { findServer, launch, type Server, shutDown } from "./server.ts";

export type EmbeddedPostgresOptions = {
  /** Where the database lives; made if need be. */
  directory: string;
  /** The service claims the folder for itself; a command uses the service's server, or runs one while it needs it. */
  claim: boolean;
  log?: (line: string) => void;
  /** Settings of postgresql.conf over ours: tests turn fsync off. */
  settings?: Readonly<Record<string, string>>;
};

/**
 * Starts the embedded PostgreSQL of `directory`, or joins the one that runs. `url` is for `pg`; `stop` ends the server
 * unless others still use it: the last one out switches off the light.
 * Throws a `PlainError` when the folder can't be used: taken, not writable, full, of another version.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { claim, log = () => {}, settings = {} } = options;
  const directory = openDirectory(options.directory);
  const turn = join(directory, "start.lock");

  return oneAtATime(turn, async () => {
    const place = findPlace(directory, log);
    const claimed = claim ? claimFolder(place) : undefined;
    try {
      prepareCluster(place, log);
      const { server, use } = await enter(place, settings, log);
      const watch = claim ? watchOver({ place, server, settings, turn, log }) : undefined;
      let stopped: Promise<void> | undefined;
      const stop = async () => {
        await watch?.end();
        await oneAtATime(turn, () => leave(place, use));
        claimed?.release();
      };
      return { url: urlOf(server.address, place), stop: () => (stopped ??= stop()) };
    } catch (error) {
      claimed?.release();
      throw error;
    }
  });
}

/** Takes the folder for one service, for as long as its process lives. */
function claimFolder({ home, directory }: Place): Lock {
  const pidFile = join(home, "service.pid");
  const lock = tryLock(join(home, "service.lock"), "exclusive");
  if (!lock) {
    const pid = readFileSync(pidFile, "utf8").trim();
    throw new PlainError(
      `The folder ${directory} is already in use by another Vahva (process ${pid}). Stop it first, or choose another folder with VAHVA_DATA.`,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return lock;
}

const useLock = ({ home }: Place) => join(home, "use.lock");

/**
 * Joins those who use the server; who comes first starts it. A server that runs with nobody using it was left behind by a
 * process that was killed: it is stopped and started, since the programs may be newer by now.
 */
async function enter(place: Place, settings: Readonly<Record<string, string>>, log: (line: string) => void) {
  const alone = tryLock(useLock(place), "exclusive");
  try {
    const orphan = alone && findServer(place);
    if (orphan) {
      log("Stopping the database server that an earlier Vahva left behind.");
      await shutDown(orphan, place);
    }
    const server = findServer(place) ?? (await launch(place, await chooseAddress(place), settings));
    alone?.release();
    const use = tryLock(useLock(place), "shared");
    if (!use) throw new Error(`somebody holds ${useLock(place)} out of turn`);
    return { server, use };
  } finally {
    alone?.release();
  }
}

async function leave(place: Place, use: Lock) {
  use.release();
  const alone = tryLock(useLock(place), "exclusive");
  const server = alone && findServer(place);
  if (server) await shutDown(server, place);
  alone?.release();
}

type Watched = {
  place: Place;
  server: Server;
  settings: Readonly<Record<string, string>>;
  turn: string;
  log: (line: string) => void;
};

/** Starts the server again when it died under the service, at the same address, and keeps its log short. */
function watchOver({ place, server, settings, turn, log }: Watched) {
  let { pid } = server;
  let restart: Promise<void> | undefined;
  const revive = async () => {
    log("The database server ended unexpectedly; starting it again.");
    pid = (await oneAtATime(turn, async () => findServer(place) ?? launch(place, server.address, settings))).pid;
  };
  const look = () => {
    boundLog(place.logFile);
    if (restart || isPostmasterOf(pid, place.data)) return;
    restart = revive()
      .catch((error) =>
        log(`The database server could not be started again: ${error instanceof Error ? error.message : error}`),
      )
      .finally(() => {
        restart = undefined;
      });
  };
  const timer = setInterval(look, 1000).unref();
  return {
    end: async () => {
      clearInterval(timer);
      await restart;
    },
  };
}
