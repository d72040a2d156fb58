package agrippa.control.testing;

import agrippa.control.Attributes.Common;
import agrippa.control.Attributes.OfHealthMonitor;
import agrippa.control.Attributes.OfL7Policy;
import agrippa.control.Attributes.OfL7Rule;
import agrippa.control.Attributes.OfListener;
import agrippa.control.Attributes.OfLoadBalancer;
import agrippa.control.Attributes.OfMember;
import agrippa.control.Attributes.OfPool;
import agrippa.control.Attributes.Persistence;
import agrippa.control.Change;
import agrippa.control.Change.NewMember;
import agrippa.control.Patch;
import agrippa.model.L7Rule;
import agrippa.model.Pool;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Attributes by name and value, as a request gives them: what is not named is kept, null resets.
public final class Requests {
  private Requests() {}

  public static OfLoadBalancer loadBalancer(Object... namesAndValues) {
    return attributes(OfLoadBalancer.class, namesAndValues);
  }

  public static OfListener listener(Object... namesAndValues) {
    return attributes(OfListener.class, namesAndValues);
  }

  /// Round robin, unless the algorithm is named.
  public static OfPool pool(Object... namesAndValues) {
    return attributes(OfPool.class, plus(namesAndValues, "algorithm", Pool.Algorithm.ROUND_ROBIN));
  }

  public static OfPool poolUpdate(Object... namesAndValues) {
    return attributes(OfPool.class, namesAndValues);
  }

  public static Persistence persistence(Object... namesAndValues) {
    return attributes(Persistence.class, namesAndValues);
  }

  public static OfMember memberAttributes(Object... namesAndValues) {
    return attributes(OfMember.class, namesAndValues);
  }

  public static NewMember member(String address, int port, Object... namesAndValues) {
    return new NewMember(address, port, Patch.keep(), false, memberAttributes(namesAndValues));
  }

  /// Every second, within a second, one retry, unless they are named.
  public static OfHealthMonitor monitor(Object... namesAndValues) {
    var some = plus(namesAndValues, "delay", 1);
    return attributes(OfHealthMonitor.class, plus(plus(some, "timeout", 1), "maxRetries", 1));
  }

  public static OfHealthMonitor monitorUpdate(Object... namesAndValues) {
    return attributes(OfHealthMonitor.class, namesAndValues);
  }

  public static OfL7Policy policy(Object... namesAndValues) {
    return attributes(OfL7Policy.class, namesAndValues);
  }

  public static OfL7Rule rule(
      L7Rule.Type type, L7Rule.CompareType compareType, Object... namesAndValues) {
    return attributes(
        OfL7Rule.class, plus(plus(namesAndValues, "type", type), "compareType", compareType));
  }

  public static OfL7Rule ruleUpdate(Object... namesAndValues) {
    return attributes(OfL7Rule.class, namesAndValues);
  }

  public static Change.PoolGraph poolNamed(String name) {
    return new Change.PoolGraph(null, poolUpdate("name", name), List.of(), null, true);
  }

  private static Object[] plus(Object[] given, String name, Object standard) {
    if (Arrays.asList(given).contains(name)) {
      return given;
    }
    var more = Arrays.copyOf(given, given.length + 2);
    more[given.length] = name;
    more[given.length + 1] = standard;
    return more;
  }

  private static <T extends Record> T attributes(Class<T> type, Object... namesAndValues) {
    var named = new HashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      named.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    var made = build(type, named);
    if (!named.isEmpty()) {
      throw new IllegalArgumentException(type.getSimpleName() + " has no " + named.keySet());
    }
    return made;
  }

  private static <T extends Record> T build(Class<T> type, Map<String, Object> named) {
    var components = type.getRecordComponents();
    var values =
        Arrays.stream(components)
            .map(
                it ->
                    it.getType() == Common.class
                        ? build(Common.class, named)
                        : patch(it.getName(), named))
            .toArray();
    var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Patch<?> patch(String name, Map<String, Object> named) {
    if (!named.containsKey(name)) {
      return Patch.keep();
    }
    var value = named.remove(name);
    return value == null ? Patch.reset() : Patch.set(value);
  }
}
