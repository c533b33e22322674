/** Stores of folders, by the way that they go: through Redis, or below a shared path. */
import { UserError } from '../ground/index.js';
import type { Redis } from './engine.js';
import { FolderStore } from './folder-store.js';
import { PathShelf } from './path-shelf.js';
import { RedisShelf } from './redis-shelf.js';
import { notSeen, type SharedPath } from './shared-path.js';

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
    const reason = notSeen(identity, this.shared?.identity);
    if (reason !== undefined) throw new UserError(reason);
    const isShared = identity !== undefined && this.shared;
    if (isShared) this.shared.requireThere();
    return new FolderStore(this.redis, isShared ? new PathShelf(this.shared) : new RedisShelf(this.redis));
  }
}
