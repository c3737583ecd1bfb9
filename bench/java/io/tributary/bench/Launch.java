package io.tributary.bench;

import io.tributary.settings.Setting;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How a program is started: all with the same heap, and with Tributary's defaults but for the
 * window.
 *
 * @param heap as {@code -Xmx} takes it
 * @param changed settings that are not the defaults
 */
record Launch(Program program, Topics topics, String heap, Map<Setting, String> changed) {
  static Launch of(Program program, Topics topics) {
    return new Launch(program, topics, "512m", Map.of(Setting.MERGE_FLUSH_INTERVAL, "2"));
  }

  Launch withHeap(String other) {
    return new Launch(program, topics, other, changed);
  }

  Launch with(Setting setting, Object value) {
    Map<Setting, String> more = new EnumMap<>(Setting.class);
    more.putAll(changed);
    more.put(setting, String.valueOf(value));
    return new Launch(program, topics, heap, more);
  }

  /** The value of a setting. */
  String value(Setting setting) {
    return changed.getOrDefault(setting, setting.defaultValue());
  }

  /** The arguments of the command {@code java}. */
  List<String> arguments(BenchSettings settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xmx" + heap);
    arguments.addAll(program.options());
    arguments.addAll(settings.flags());
    arguments.addAll(program.arguments(settings, topics));
    return arguments;
  }
}
