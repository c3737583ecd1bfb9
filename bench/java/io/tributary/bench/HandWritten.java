package io.tributary.bench;

import static io.tributary.bench.ProgramSettings.number;
import static io.tributary.bench.ProgramSettings.text;

import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.event.Decoded;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import io.tributary.settings.Setting;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Tributary's work on the good path without a framework: one thread polls each topic, decodes,
 * drops duplicates, writes what is left in one atomic and synced write, and commits; another thread
 * sends the batches and deletes them. It takes the same settings from the environment.
 */
public final class HandWritten {
  private final EventDecoder decoder = new EventDecoder(ContentDedupe.LATEST);
  private final BlockingQueue<HandWrittenBatch> complete =
      new ArrayBlockingQueue<>(number(Setting.MERGE_MAX_PENDING_BATCHES));
  private final HandWrittenDedupe seen =
      new HandWrittenDedupe(
          number(Setting.IDEMPOTENCY_CACHE_SIZE),
          Duration.ofSeconds(number(Setting.IDEMPOTENCY_CACHE_TTL)));
  private final HandWrittenStore store;

  private HandWritten() throws IOException {
    store =
        new HandWrittenStore(
            Path.of(text(Setting.MERGE_STATE_DIR)),
            number(Setting.MERGE_MAX_MESSAGES),
            number(Setting.MERGE_MAX_BYTES) - 512, // the envelope
            number(Setting.IDEMPOTENCY_CACHE_SIZE),
            complete);
  }

  /** Runs until it is killed; ends with status 1 when anything fails. */
  public static void main(String[] args) throws IOException {
    HandWritten program = new HandWritten();
    ProgramThread.start("customers", () -> program.read(text(Setting.KAFKA_CUSTOMER_TOPIC), 0));
    ProgramThread.start("products", () -> program.read(text(Setting.KAFKA_INVENTORY_TOPIC), 1));
    ProgramThread.start("window", program::watchWindow);
    ProgramThread.start("delivery", program::deliver);
  }

  private void read(String topic, int section) throws IOException, InterruptedException {
    try (var consumer = ProgramSettings.consumer(topic)) {
      while (true) {
        var poll = consumer.poll(Duration.ofMillis(100));
        if (!poll.isEmpty()) {
          store(section, decode(poll));
          consumer.commitSync();
        }
      }
    }
  }

  private List<Event> decode(Iterable<ConsumerRecord<byte[], byte[]>> poll) {
    List<Event> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : poll) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      Decoded decoded =
          decoder.decode(
              new SourceRecord(
                  partition, record.offset(), record.timestamp(), record.key(), record.value()));
      if (!(decoded instanceof Event event)) {
        throw new IllegalStateException("No event: " + decoded);
      }
      events.add(event);
    }
    return events;
  }

  /** Both topics share the memories and the batch, so that there is one lock for both. */
  private synchronized void store(int section, List<Event> events)
      throws IOException, InterruptedException {
    List<Event> merged = new ArrayList<>(events.size());
    List<Event> skipped = new ArrayList<>();
    for (Event event : events) {
      Event.Payload payload = event.payload();
      if (seen.isNewId(event)) {
        boolean news = payload == null || seen.isNewContent(event, payload);
        (news ? merged : skipped).add(event);
      }
    }
    if (!merged.isEmpty() || !skipped.isEmpty()) {
      store.add(section, merged, skipped);
    }
  }

  private void watchWindow() throws IOException, InterruptedException {
    long millis = 1000L * number(Setting.MERGE_FLUSH_INTERVAL) - 100;
    while (true) {
      Thread.sleep(100);
      store.completeAfter(millis);
    }
  }

  private void deliver() throws IOException, InterruptedException {
    URI url = URI.create(text(Setting.ANALYTICS_API_BASE_URL) + "/api/analytics/data");
    while (true) {
      HandWrittenBatch batch = complete.take();
      while (!post(url, batch)) {
        Thread.sleep(1000);
      }
      store.forget(batch);
    }
  }

  private static boolean post(URI url, HandWrittenBatch batch) throws IOException {
    List<byte[]> document = batch.document();
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setConnectTimeout(30_000);
    connection.setReadTimeout(30_000);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setRequestProperty("Idempotency-Key", '"' + batch.eventId() + '"');
    connection.setFixedLengthStreamingMode(document.stream().mapToLong(p -> p.length).sum());
    try (OutputStream out = connection.getOutputStream()) {
      for (byte[] piece : document) {
        out.write(piece);
      }
    }
    int status = connection.getResponseCode();
    connection.getInputStream().close();
    return status / 100 == 2;
  }
}
