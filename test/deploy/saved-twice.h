/* Learns and saves, twice; each time a restart restores what was learnt. */
static void save_twice(const struct eqprop_flash *flash) {
  eqprop_begin();
  for (int save = 0; save < 2; save++) {
    uint64_t digest;
    int saved, restored;
    for (int k = 0; k < EQPROP_MINIBATCH; k++) {
      eqprop_feature features[EQPROP_FEATURES];
      for (int f = 0; f < EQPROP_FEATURES; f++) features[f] = (eqprop_feature)(40 * save + 7 * k + f);
      eqprop_learn(features, EQPROP_FEATURES, k % EQPROP_CLASSES);
    }
    digest = eqprop_digest();
    saved = eqprop_journal_save(flash);
    eqprop_begin();
    restored = eqprop_journal_restore(flash);
    printf("%d %d %s\n", saved, restored, eqprop_digest() == digest ? "restored" : "other");
  }
}
