package io.tributary.support;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/**
 * What must not change when nobody joins or leaves a consumer group.
 *
 * @param members what each member reads, as the broker has it
 * @param rebalances how often this JVM's members have been through a rebalance
 */
public record GroupState(Map<String, Set<TopicPartition>> members, double rebalances) {

  /** Asks the broker and this JVM's consumers. */
  public static GroupState of(String group) {
    try {
      var description = Kafka.admin().describeConsumerGroups(List.of(group)).all().get().get(group);
      Map<String, Set<TopicPartition>> members = new TreeMap<>();
      for (MemberDescription member : description.members()) {
        members.put(member.consumerId(), member.assignment().topicPartitions());
      }
      return new GroupState(members, rebalances(group));
    } catch (InterruptedException | ExecutionException | JMException e) {
      throw new IllegalStateException("The group " + group + " cannot be described", e);
    }
  }

  private static double rebalances(String group) throws JMException {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    ObjectName pattern =
        new ObjectName(
            "kafka.consumer:type=consumer-coordinator-metrics,client-id=*" + group + "*");
    double rebalances = 0;
    for (ObjectName consumer : beans.queryNames(pattern, null)) {
      rebalances += (double) beans.getAttribute(consumer, "rebalance-total");
      rebalances += (double) beans.getAttribute(consumer, "failed-rebalance-total");
    }
    return rebalances;
  }
}
