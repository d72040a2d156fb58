package agrippa.control.access;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A rule's condition.
sealed interface Check {
  /// What is asked about.
  ///
  /// @param target owner of the thing, or null if nobody owns it
  /// @param rules decides about another rule, by its name
  record Question(Caller caller, @Nullable ProjectId target, BiPredicate<String, Question> rules) {}

  boolean holds(Question question);

  /// `@` or nothing at all.
  record Always() implements Check {
    @Override
    public boolean holds(Question question) {
      return true;
    }
  }

  /// `!`.
  record Never() implements Check {
    @Override
    public boolean holds(Question question) {
      return false;
    }
  }

  /// `a and b`.
  record All(List<Check> parts) implements Check {
    @Override
    public boolean holds(Question question) {
      return parts.stream().allMatch(it -> it.holds(question));
    }
  }

  /// `a or b`.
  record Any(List<Check> parts) implements Check {
    @Override
    public boolean holds(Question question) {
      return parts.stream().anyMatch(it -> it.holds(question));
    }
  }

  /// `not a`.
  record Not(Check part) implements Check {
    @Override
    public boolean holds(Question question) {
      return !part.holds(question);
    }
  }

  /// `role:name`, whatever the case.
  record Role(String name) implements Check {
    @Override
    public boolean holds(Question question) {
      return question.caller().roles().stream().anyMatch(name::equalsIgnoreCase);
    }
  }

  /// `rule:name`.
  record Rule(String name) implements Check {
    @Override
    public boolean holds(Question question) {
      return question.rules().test(name, question);
    }
  }

  /// `is_admin:True`: what the rule `context_is_admin` says.
  record Admin(boolean wanted) implements Check {
    static final String RULE = "context_is_admin";

    @Override
    public boolean holds(Question question) {
      return question.rules().test(RULE, question) == wanted;
    }
  }

  /// `left:right`, equal texts; what the caller or the target does not have equals nothing.
  record Same(Operand left, Operand right) implements Check {
    @Override
    public boolean holds(Question question) {
      Optional<String> one = left.value(question);
      return one.isPresent() && Objects.equals(one, right.value(question));
    }
  }

  /// A side of a comparison.
  enum Attribute {
    CALLERS_USER,
    CALLERS_PROJECT,
    /// `all`, or absent.
    CALLERS_SYSTEM_SCOPE,
    TARGETS_PROJECT
  }

  /// An attribute, or a text as it stands.
  sealed interface Operand {
    Optional<String> value(Question question);

    record Text(String text) implements Operand {
      @Override
      public Optional<String> value(Question question) {
        return Optional.of(text);
      }
    }

    record Of(Attribute attribute) implements Operand {
      @Override
      public Optional<String> value(Question question) {
        return switch (attribute) {
          case CALLERS_USER -> Optional.of(question.caller().userId());
          case CALLERS_PROJECT ->
              Optional.ofNullable(question.caller().project()).map(ProjectId::value);
          case CALLERS_SYSTEM_SCOPE ->
              question.caller().system() ? Optional.of("all") : Optional.empty();
          case TARGETS_PROJECT -> Optional.ofNullable(question.target()).map(ProjectId::value);
        };
      }
    }
  }
}
