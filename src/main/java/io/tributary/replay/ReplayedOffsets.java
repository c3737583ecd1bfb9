package io.tributary.replay;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a partition with which nothing is to be done any more: all below the committed
 * one, and of those after it the ones that the commit's metadata has as bits, compressed. So what a
 * filter has passed over stays to be done. Belongs to one thread.
 */
final class ReplayedOffsets {
  /** In Base64 as many characters as a broker takes, its offset.metadata.max.bytes of 4,096. */
  private static final int MOST_BYTES = 3072;

  final long end;
  private final long begin;
  private final BitSet done = new BitSet();

  /**
   * @param begin the first offset that is not deleted
   * @param end where the partition ends; a commit beyond is of a topic that had its name before
   */
  ReplayedOffsets(long begin, long end, @Nullable OffsetAndMetadata committed) throws IOException {
    this.begin = begin;
    this.end = end;
    if (committed != null && committed.offset() <= end) {
      int prefix = index(committed.offset());
      done.set(0, Math.max(0, prefix));
      byte[] bits = Base64.getDecoder().decode(committed.metadata());
      if (bits.length > 0) {
        try (InputStream plain = new InflaterInputStream(new ByteArrayInputStream(bits))) {
          BitSet beyond = BitSet.valueOf(plain.readAllBytes());
          beyond.stream().map(bit -> prefix + bit).filter(bit -> bit >= 0).forEach(done::set);
        }
      }
    }
  }

  boolean contains(long offset) {
    return done.get(index(offset));
  }

  void add(long offset) {
    done.set(index(offset));
  }

  /**
   * What is to be committed once this one is done, too.
   *
   * @throws IllegalStateException when a broker would not take it
   */
  OffsetAndMetadata with(long offset) {
    BitSet all = (BitSet) done.clone();
    all.set(index(offset));
    int prefix = all.nextClearBit(0);
    byte[] bits = new byte[MOST_BYTES];
    Deflater deflater = new Deflater();
    deflater.setInput(all.get(prefix, all.length()).toByteArray());
    deflater.finish();
    int length = deflater.deflate(bits);
    boolean fits = deflater.finished();
    deflater.end();
    if (!fits) {
      throw new IllegalStateException(
          ("the group cannot remember more beyond what was left out from %d on: send that back, too, or"
                  + " give it up with kafka-consumer-groups --reset-offsets --to-offset %d")
              .formatted(begin + prefix, offset));
    }
    String metadata = Base64.getEncoder().encodeToString(Arrays.copyOf(bits, length));
    return new OffsetAndMetadata(begin + prefix, metadata);
  }

  private int index(long offset) {
    return Math.toIntExact(offset - begin);
  }
}
