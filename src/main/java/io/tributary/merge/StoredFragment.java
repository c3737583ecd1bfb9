package io.tributary.merge;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fragment as it lies in the store: the length and the name of its section, then its records.
 *
 * @param section name of the section
 * @param payload the records, with commas between them
 */
@SuppressWarnings("ArrayRecordComponent") // read once, copied once
record StoredFragment(String section, byte[] payload) {

  /** Gives what is stored for a key; null when there is nothing. */
  @FunctionalInterface
  interface Source {
    byte @Nullable [] get(byte[] key);
  }

  static byte[] encode(Fragment fragment) {
    byte[] name = fragment.section().name().getBytes(StandardCharsets.UTF_8);
    byte[] payload = fragment.payload();
    return ByteBuffer.wrap(new byte[Integer.BYTES + name.length + payload.length])
        .putInt(name.length)
        .put(name)
        .put(payload)
        .array();
  }

  /** All fragments of a batch, in the order in which they were stored. */
  static List<StoredFragment> readAll(Source source, Batch batch) {
    List<StoredFragment> fragments = new ArrayList<>(batch.fragments());
    for (int i = 0; i < batch.fragments(); i++) {
      byte[] stored = source.get(StateKey.of(StateKey.FRAGMENT, batch.number(), i));
      if (stored == null) {
        throw new StateException("fragment " + i + " of batch " + batch.number() + " is gone");
      }
      fragments.add(decode(stored));
    }
    return fragments;
  }

  static StoredFragment decode(byte[] stored) {
    ByteBuffer source = ByteBuffer.wrap(stored);
    byte[] name = new byte[source.getInt()];
    source.get(name);
    byte[] payload = new byte[source.remaining()];
    source.get(payload);
    return new StoredFragment(new String(name, StandardCharsets.UTF_8), payload);
  }
}
