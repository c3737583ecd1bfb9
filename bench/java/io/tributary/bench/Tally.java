package io.tributary.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the batches' records twice: as each batch's metadata has it, and by looking for the IDs
 * that {@link SampleEvents} gives, so that a record that is lost or doubled shows. One thread only.
 */
final class Tally {
  private static final byte[] MARK = "{\"id\":\"".getBytes(ISO_8859_1);
  private static final int DIGITS = 9;
  private static final int METADATA_BYTES = 512;
  private static final Pattern COUNTS =
      Pattern.compile("\"customerCount\":(\\d+),\"productCount\":(\\d+)");

  private final BitSet customerIds = new BitSet();
  private final BitSet productIds = new BitSet();
  private final List<Arrival> arrivals = new ArrayList<>();
  private long customers;
  private long products;
  private long doubled;
  private long miscounted;

  /** A batch that came: when it was there, in milliseconds since the epoch, and with how much. */
  record Arrival(long millis, long records) {}

  /**
   * What came so far.
   *
   * @param customers records, as the metadata count them
   * @param products records, as the metadata count them
   * @param doubled records whose ID had come before
   * @param miscounted batches that did not hold as many records as their metadata say
   */
  record Figures(long customers, long products, long doubled, long miscounted) {
    long records() {
      return customers + products;
    }

    /**
     * Checks that all has come.
     *
     * @throws IllegalStateException when it is not so many customers and products, each once
     */
    void requireEach(long expected) {
      boolean right =
          customers == expected && products == expected && doubled == 0 && miscounted == 0;
      if (!right) {
        throw new IllegalStateException(
            "Not each record once: %,d customers and %,d products of %,d each, %,d doubled, %d batches miscounted"
                .formatted(customers, products, expected, doubled, miscounted));
      }
    }
  }

  void add(byte[] body, long millis) {
    int tail = Math.min(body.length, METADATA_BYTES);
    Matcher counts = COUNTS.matcher(new String(body, body.length - tail, tail, ISO_8859_1));
    int found = countIds(body);
    if (!counts.find()) {
      miscounted++;
      return;
    }
    int customerCount = Integer.parseInt(counts.group(1));
    int productCount = Integer.parseInt(counts.group(2));
    customers += customerCount;
    products += productCount;
    miscounted += customerCount + productCount == found ? 0 : 1;
    arrivals.add(new Arrival(millis, customerCount + productCount));
  }

  /** Takes the word of a program that delivers nothing. */
  void count(boolean ofCustomers, long records, long millis) {
    customers += ofCustomers ? records : 0;
    products += ofCustomers ? 0 : records;
    arrivals.add(new Arrival(millis, records));
  }

  Figures figures() {
    return new Figures(customers, products, doubled, miscounted);
  }

  /** The batches in the order in which they came. */
  List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  private int countIds(byte[] body) {
    int found = 0;
    int last = body.length - MARK.length - DIGITS - 3;
    for (int i = 0; i <= last; i++) {
      if (body[i] == '{' && isMark(body, i)) {
        found++;
        i += MARK.length;
        note(body, i);
      }
    }
    return found;
  }

  private static boolean isMark(byte[] body, int at) {
    for (int i = 1; i < MARK.length; i++) {
      if (body[at + i] != MARK[i]) {
        return false;
      }
    }
    return true;
  }

  private void note(byte[] body, int at) {
    int number = 0;
    for (int i = 1; i <= DIGITS; i++) {
      number = number * 10 + body[at + i] - '0';
    }
    int bit = number * SampleEvents.MOST_RECORDS + body[at + DIGITS + 2] - '0';
    BitSet ids = body[at] == 'C' ? customerIds : productIds;
    doubled += ids.get(bit) ? 1 : 0;
    ids.set(bit);
  }
}
