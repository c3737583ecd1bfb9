package io.tributary.support;

import static java.util.Comparator.comparingInt;

import java.util.List;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/** Begins with the classes that take longest, or the last one of these would run alone. */
public final class LongestFirst implements ClassOrderer {
  private static final List<String> LONGEST =
      List.of(
          "PipelineTest",
          "KafkaSecurityTest",
          "OffsetsTest",
          "RegistryPipelineTest",
          "WholePollConsumerTest",
          "KafkaFaultsTest",
          "UnreadableRecordsTest",
          "DeliveryTest",
          "ReplayTest",
          "StatusPageTest",
          "DeadLetterTopicTest",
          "HawtioTest",
          "OrderTest",
          "TracingTest",
          "StoreTroubleTest",
          "ShutdownIT",
          "DamagedStateIT",
          "CamelRunIT",
          "CrashPointIT",
          "SecretsIT",
          "RoutesReloadIT",
          "JarIT",
          "OutageIT",
          "KafkaClientsIT",
          "ImageIT",
          "KillLoopIT",
          "MistakesIT");

  @Override
  public void orderClasses(ClassOrdererContext context) {
    context.getClassDescriptors().sort(comparingInt(LongestFirst::place));
  }

  private static int place(ClassDescriptor testClass) {
    int place = LONGEST.indexOf(testClass.getTestClass().getSimpleName());
    return place < 0 ? LONGEST.size() : place;
  }
}
