package io.tributary.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a consumer cannot ask the brokers itself: the ids of topics, and who else is in the group.
 * Gives the members of this process their seats. Safe for several threads.
 */
final class GroupAdmin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupAdmin.class);

  /** A consumer waits so long for an answer, and asks again later. */
  private static final int PATIENCE_MILLIS = 1_000;

  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Kafka takes names of up to 249 characters. */
  private static final int LONGEST_STREAM = 200;

  private final String group;
  private final String identity;
  private final Map<String, Thread> seats = new HashMap<>();
  private final Map<String, Look> looks = new ConcurrentHashMap<>();
  private final AtomicBoolean warned = new AtomicBoolean();
  private @Nullable Properties properties;
  private @Nullable Admin admin;

  /** A question that a consumer does not wait for. */
  private record Look(long since, @Nullable KafkaFuture<Map<String, TopicDescription>> answer) {}

  /**
   * @param identity name of the store among all others, with which this process's members begin
   */
  GroupAdmin(String group, String identity) {
    this.group = group;
    this.identity = identity;
  }

  /**
   * The name of a member of the group, so that a restarted process takes the places of the one that
   * died at once (KIP-345, static membership): without a name, the group would wait for the dead
   * member's session to time out. One process at a time can hold the store.
   *
   * @return the lowest seat of a stream that is the calling thread's already, or no living thread's
   */
  synchronized String seat(String stream) {
    String name =
        stream.length() <= LONGEST_STREAM
            ? stream
            : stream.substring(0, LONGEST_STREAM) + "." + Integer.toHexString(stream.hashCode());
    for (int number = 0; ; number++) {
      String seat = identity + "-" + name + "-" + number;
      Thread holder = seats.get(seat);
      if (holder == null || holder == Thread.currentThread() || !holder.isAlive()) {
        seats.put(seat, Thread.currentThread());
        return seat;
      }
    }
  }

  /** Takes from a consumer's properties where the brokers are, and how to sign in there. */
  synchronized void use(Properties consumer) {
    Properties own = new Properties();
    for (Map.Entry<Object, Object> entry : consumer.entrySet()) {
      String name = String.valueOf(entry.getKey());
      if (AdminClientConfig.configNames().contains(name) && !name.startsWith("client.id")) {
        own.put(name, entry.getValue());
      }
    }
    own.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    own.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
    properties = own;
  }

  /** A topic, as the brokers have it now; null when none answers, or there is none. */
  @Nullable TopicDescription topic(String topic) {
    looks.remove(topic);
    return topic(topic, described(topic));
  }

  /** Whether the topic has been seen to be another one than that; waits for nothing. */
  boolean isAnother(String topic, Uuid topicId) {
    Look look = looks.get(topic);
    if (look == null || System.nanoTime() - look.since() > LOOK_NANOS) {
      looks.put(topic, new Look(System.nanoTime(), described(topic)));
    }
    if (look == null || look.answer() == null || !look.answer().isDone()) {
      return false;
    }
    TopicDescription seen = topic(topic, look.answer());
    return seen != null && !seen.topicId().equals(topicId);
  }

  private @Nullable KafkaFuture<Map<String, TopicDescription>> described(String topic) {
    Admin asked = admin();
    return asked == null ? null : asked.describeTopics(List.of(topic)).allTopicNames();
  }

  private static @Nullable TopicDescription topic(
      String topic, @Nullable KafkaFuture<Map<String, TopicDescription>> answer) {
    Map<String, TopicDescription> topics = get(answer);
    return topics == null ? null : topics.get(topic);
  }

  /** Whether the group has members of other processes; false when no broker answers. */
  boolean hasOthers() {
    Admin asked = admin();
    Map<String, ConsumerGroupDescription> groups =
        get(asked == null ? null : asked.describeConsumerGroups(List.of(group)).all());
    return groups != null
        && groups.values().stream()
            .flatMap(members -> members.members().stream())
            .anyMatch(member -> !member.groupInstanceId().orElse("").startsWith(identity + "-"));
  }

  /** Says once in the log if the group has other members, which then can read what is here. */
  void warnOfOthers() {
    if (!warned.getAndSet(true) && hasOthers()) {
      LOG.warn(
          "The group {} has members of other processes: a batch that is pending here can reach the"
              + " API twice if this process dies and returns late. Several instances set"
              + " KAFKA_COMMIT=stored",
          group);
    }
  }

  private synchronized @Nullable Admin admin() {
    if (admin == null && properties != null) {
      try {
        admin = Admin.create(properties);
      } catch (KafkaException e) {
        LOG.debug("Nobody can be asked yet", e);
      }
    }
    return admin;
  }

  private static <T> @Nullable T get(@Nullable KafkaFuture<T> answer) {
    try {
      return answer == null ? null : answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      LOG.debug("No answer", e);
      return null;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  @Override
  public synchronized void close() {
    properties = null;
    if (admin != null) {
      admin.close(Duration.ZERO);
      admin = null;
    }
  }
}
