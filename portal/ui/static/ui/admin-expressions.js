// The admin's templates carry Alpine expressions. Alpine compiles them with AsyncFunction, which needs 'unsafe-eval';
// this evaluator interprets the part of JavaScript that they use, so that the admin runs under the portal's one policy.
// docs/adr/0002 says why. Loaded before Alpine, it takes over at `alpine:init`.
"use strict";
(() => {
  const TOKEN =
    /\s*(?:(\d+(?:\.\d+)?)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|([A-Za-z_$][\w$]*)|(=>|===|!==|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[-+*/%<>!=?:.,;(){}[\]]))/y;
  const CONSTANTS = new Map([["true", true], ["false", false], ["null", null], ["undefined", undefined]]);
  // Loosest first; the right side is a function, so that && || ?? evaluate it only when needed.
  const LEVELS = [
    { "??": (left, right) => left ?? right() },
    { "||": (left, right) => left || right() },
    { "&&": (left, right) => left && right() },
    {
      "===": (left, right) => left === right(), "!==": (left, right) => left !== right(),
      "==": (left, right) => left == right(), "!=": (left, right) => left != right(),
    },
    {
      "<": (left, right) => left < right(), ">": (left, right) => left > right(),
      "<=": (left, right) => left <= right(), ">=": (left, right) => left >= right(),
    },
    { "+": (left, right) => left + right(), "-": (left, right) => left - right() },
    { "*": (left, right) => left * right(), "/": (left, right) => left / right(), "%": (left, right) => left % right() },
  ];

  function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw new SyntaxError(`cannot read “${text.slice(at, at + 20)}”`);
      const [, number, string, name, sign] = match;
      if (number) found.push({ kind: "value", value: Number(number) });
      else if (string) found.push({ kind: "value", value: string.slice(1, -1).replace(/\\(.)/g, "$1") });
      else found.push(name ? { kind: "name", value: name } : { kind: "sign", value: sign });
    }
    return found;
  }

  // A node is {get(scope)}; what can be assigned to or called has also {owner(scope), key(scope)}.
  const variable = (name) => ({
    owner: (scope) => (name in scope ? scope : window),
    key: () => name,
    get: (scope) => (name in scope ? scope : window)[name],
  });
  const member = (object, key, isOptional) => ({
    owner: object.get,
    key,
    get: (scope) => {
      const owner = object.get(scope);
      return isOptional && owner == null ? undefined : owner[key(scope)];
    },
  });

  class Parser {
    constructor(text) {
      this.tokens = tokens(text);
      this.at = 0;
    }

    peek(sign, ahead = 0) {
      const token = this.tokens[this.at + ahead];
      return token?.kind === "sign" && token.value === sign;
    }

    take(sign) {
      if (!this.peek(sign)) return false;
      this.at += 1;
      return true;
    }

    need(sign) {
      if (!this.take(sign)) throw new SyntaxError(`“${sign}” expected`);
    }

    name() {
      const token = this.tokens[this.at];
      if (token?.kind !== "name") throw new SyntaxError("a name expected");
      this.at += 1;
      return token.value;
    }

    keyword(word) {
      const token = this.tokens[this.at];
      if (token?.kind !== "name" || token.value !== word) return false;
      this.at += 1;
      return true;
    }

    program(end) {
      const statements = [];
      while (this.at < this.tokens.length && !(end && this.peek(end))) {
        if (!this.take(";")) statements.push(this.statement());
      }
      return { get: (scope) => statements.reduce((_, statement) => statement.get(scope), undefined) };
    }

    statement() {
      if (!this.keyword("if")) return this.expression();
      this.need("(");
      const condition = this.expression();
      this.need(")");
      const yes = this.branch();
      const no = this.keyword("else") ? this.branch() : null;
      return { get: (scope) => (condition.get(scope) ? yes.get(scope) : no?.get(scope)) };
    }

    branch() {
      if (!this.take("{")) return this.statement();
      const body = this.program("}");
      this.need("}");
      return body;
    }

    expression() {
      if (this.tokens[this.at]?.kind === "name" && this.peek("=>", 1)) return this.arrow();
      const left = this.choice();
      if (!this.take("=")) return left;
      if (!left.key) throw new SyntaxError("nothing to assign to");
      const right = this.expression();
      return { get: (scope) => (left.owner(scope)[left.key(scope)] = right.get(scope)) };
    }

    arrow() {
      const parameter = this.name();
      this.need("=>");
      const body = this.expression();
      return { get: (scope) => (value) => body.get(Alpine.mergeProxies([{ [parameter]: value }, scope])) };
    }

    choice() {
      const condition = this.level(0);
      if (!this.take("?")) return condition;
      const yes = this.expression();
      this.need(":");
      const no = this.expression();
      return { get: (scope) => (condition.get(scope) ? yes : no).get(scope) };
    }

    level(depth) {
      if (depth === LEVELS.length) return this.unary();
      let left = this.level(depth + 1);
      for (;;) {
        const token = this.tokens[this.at];
        const operator = token?.kind === "sign" ? LEVELS[depth][token.value] : undefined;
        if (!operator) return left;
        this.at += 1;
        const [first, second] = [left, this.level(depth + 1)];
        left = { get: (scope) => operator(first.get(scope), () => second.get(scope)) };
      }
    }

    unary() {
      const sign = ["!", "-", "+"].find((candidate) => this.take(candidate));
      if (!sign) return this.postfix();
      const operand = this.unary();
      if (sign === "!") return { get: (scope) => !operand.get(scope) };
      return { get: (scope) => (sign === "-" ? -operand.get(scope) : +operand.get(scope)) };
    }

    postfix() {
      let node = this.primary();
      for (;;) {
        if (this.take(".")) node = this.named(node, false);
        else if (this.take("?.")) node = this.named(node, true);
        else if (this.take("[")) node = this.indexed(node);
        else if (this.take("(")) node = this.call(node);
        else return node;
      }
    }

    named(object, isOptional) {
      const name = this.name();
      return member(object, () => name, isOptional);
    }

    indexed(object) {
      const index = this.expression();
      this.need("]");
      return member(object, index.get, false);
    }

    call(callee) {
      const given = this.list(")");
      return {
        get: (scope) => {
          const owner = callee.owner?.(scope);
          const called = owner === undefined ? callee.get(scope) : owner[callee.key(scope)];
          return called.apply(owner, given.map((argument) => argument.get(scope)));
        },
      };
    }

    list(end) {
      const items = [];
      while (!this.take(end)) {
        items.push(this.expression());
        if (!this.peek(end)) this.need(",");
      }
      return items;
    }

    primary() {
      if (this.take("(")) {
        const inner = this.expression();
        this.need(")");
        return inner;
      }
      if (this.take("[")) {
        const items = this.list("]");
        return { get: (scope) => items.map((item) => item.get(scope)) };
      }
      if (this.take("{")) return this.object();
      const token = this.tokens[this.at];
      if (!token || token.kind === "sign") throw new SyntaxError(`a value expected, not “${token?.value ?? "the end"}”`);
      this.at += 1;
      if (token.kind === "value") return { get: () => token.value };
      return CONSTANTS.has(token.value) ? { get: () => CONSTANTS.get(token.value) } : variable(token.value);
    }

    object() {
      const entries = [];
      while (!this.take("}")) {
        const key = this.tokens[this.at].value;
        this.at += 1;
        entries.push([key, this.take(":") ? this.expression() : variable(key)]);
        if (!this.peek("}")) this.need(",");
      }
      return { get: (scope) => Object.fromEntries(entries.map(([key, node]) => [key, node.get(scope)])) };
    }
  }

  const compiled = new Map();
  function compile(expression) {
    if (!compiled.has(expression)) compiled.set(expression, new Parser(expression).program().get);
    return compiled.get(expression);
  }

  // Alpine writes a string into the style attribute, which the policy refuses; an object it sets property by property.
  function styles(text) {
    const { style } = document.createElement("i");
    style.cssText = text;
    return Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]));
  }

  function evaluator(el, expression) {
    return (receiver = () => {}, { scope = {}, params = [] } = {}) => {
      const merged = Alpine.mergeProxies([scope, { $el: el }, ...Alpine.closestDataStack(el)]);
      try {
        let value = typeof expression === "function" ? expression.apply(merged, params) : compile(expression)(merged);
        if (typeof expression !== "function" && typeof value === "function") value = value.apply(merged, params);
        const isStyle = typeof value === "string" && el.getAttribute("x-bind:style") === expression;
        receiver(isStyle ? styles(value) : value);
      } catch (error) {
        console.error(`Expression “${expression}”:`, error, el);
      }
    };
  }

  document.addEventListener("alpine:init", () => Alpine.setEvaluator(evaluator));
})();
