/** Reads everything in the data folder of a stopped server and says what is damaged. Changes nothing. */
import { openDataFolder } from '../config/data-folder.ts';
import { openDatabase } from '../db/database.ts';
import { systemDisk } from '../lib/disk.ts';
import { verifyFolder } from '../tsdb/folder-verifier.ts';
import { databaseIn } from './maintenance.ts';

export interface CheckedPart {
  /** `raw: 12 files, 3.4 MB, 1000 samples` or `database: ok` */
  readonly summary: string;
  readonly damages: readonly string[];
}

const ITEMS: Readonly<Record<string, string>> = {
  raw: 'samples',
  '5m': 'buckets',
  '1h': 'buckets',
  wal: 'frames',
  tombstones: 'deletions',
};

/**
 * Checks part by part. @throws NoServerError for a folder without data, DataFolderError when a server is using it,
 * FolderError when the metrics have a newer format
 */
export async function* checkData(dataFolder: string): AsyncGenerator<CheckedPart> {
  const database = databaseIn(dataFolder);
  const folder = openDataFolder(dataFolder, 'server');
  try {
    const db = await openDatabase(database);
    try {
      const answer = db.check();
      yield { summary: `database: ${answer}`, damages: answer === 'ok' ? [] : [`telltale.db: ${answer}`] };
    } finally {
      db.close();
    }
    for (const { part, files, sizeBytes, items, damages } of verifyFolder(systemDisk, folder.tsdb)) {
      const size = `${(sizeBytes / 1e6).toFixed(1)} MB`;
      yield { summary: `${part}: ${files} files, ${size}, ${items} ${ITEMS[part]}`, damages };
    }
  } finally {
    folder.release();
  }
}
