/** Stores of folders, by the way that they go: through Redis, or below a shared path. */
import { UserError } from '../ground/index.js';
import type { Redis } from './engine.js';
import { FolderStore } from './folder-store.js';
import { PathShelf } from './path-shelf.js';
import { RedisShelf } from './redis-shelf.js';
import type { SharedPath } from './shared-path.js';

export class Stores {
  /** @param shared a path that this computer sees */
  constructor(
    private readonly redis: Redis,
    private readonly shared?: SharedPath,
  ) {}

  /**
   * @param identity of the shared path; Redis if absent
   * @throws `UserError` where this computer does not see it
   */
  of(identity: string | undefined): FolderStore {
    const reason = notSeen(identity, this.shared);
    if (reason !== undefined) throw new UserError(reason);
    const isShared = identity !== undefined && this.shared;
    return new FolderStore(this.redis, isShared ? new PathShelf(this.shared) : new RedisShelf(this.redis));
  }
}

/** Why folders that go below a shared path cannot be had here; nothing where they can, or go through Redis. */
export function notSeen(identity: string | undefined, shared: SharedPath | undefined): string | undefined {
  if (identity === undefined) return undefined;
  if (!shared)
    return 'its folders go below a shared path: name where this computer sees it, eqprop work --shared PATH';
  if (!shared.isThere()) return `the shared path ${shared.path} is there no more: mount it again`;
  if (identity === shared.identity) return undefined;
  return `its folders go below another shared path than ${shared.path}: name where this computer sees that one, eqprop work --shared PATH`;
}
