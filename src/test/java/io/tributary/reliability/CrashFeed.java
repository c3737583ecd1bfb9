package io.tributary.reliability;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.support.Kafka;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Messages for two topics in turn, numbered on and on: each with one record of its own, some sent
 * again at once or much later, some with the content of the one before, and some malformed.
 */
final class CrashFeed implements AutoCloseable {
  /** What a record holds whose batch an API in a bad mood refuses. */
  static final String REFUSED = "\"refused\":true";

  private static final int ENTITIES = 40;
  private static final int MUCH_LATER = 60;

  private final KafkaProducer<byte[], byte[]> producer = Kafka.producer();
  private final Set<String> records = new LinkedHashSet<>();
  private final Set<String> malformed = new LinkedHashSet<>();
  private final List<String> topics;
  private int next;

  CrashFeed(String customers, String products) {
    this.topics = List.of(customers, products);
  }

  /** The records that have to arrive, each once. */
  Set<String> records() {
    return records;
  }

  /** The values that have to be dead letters. */
  Set<String> malformed() {
    return malformed;
  }

  /** Sends so many numbers' messages, and returns when the broker has them. */
  void send(int numbers) throws ExecutionException, InterruptedException {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < numbers; i++) {
      sendNumber(next++, sent);
    }
    for (Future<?> future : sent) {
      future.get();
    }
  }

  private void sendNumber(int i, List<Future<?>> sent) {
    records.add(record(i));
    sent.add(send(i, message("m" + i, record(i))));
    if (i % 10 == 3) {
      sent.add(send(i, message("m" + i, record(i))));
    }
    if (i % 10 == 6 && i >= MUCH_LATER) {
      int old = i - MUCH_LATER;
      sent.add(send(old, message("m" + old, record(old))));
    }
    if (i % 10 == 8) {
      sent.add(send(i, message("same content as m" + i, record(i))));
    }
    if (i % 25 == 6 || i % 25 == 7) {
      malformed.add("nonsense " + i);
      sent.add(send(i, ("nonsense " + i).getBytes(UTF_8)));
    }
  }

  /** All messages about an entity go to one partition, and stay in order. */
  private Future<?> send(int i, byte[] value) {
    byte[] key = entity(i).getBytes(UTF_8);
    return producer.send(new ProducerRecord<>(topics.get(i % topics.size()), key, value));
  }

  private static String record(int i) {
    String refused = i % 45 == 5 ? "," + REFUSED : "";
    return "{\"id\":\"" + entity(i) + "\",\"number\":" + i + refused + "}";
  }

  private static String entity(int i) {
    return "E" + i % ENTITIES;
  }

  @Override
  public void close() {
    producer.close();
  }
}
