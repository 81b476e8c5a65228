/** Classes in the style of before 2015, as people wrote them and as compilers write them. */

import { afterAll, describe, expect, test } from "vitest";
import { checkFunction, compile, errorsOf, load, loadCompiled, makePlace } from "./support/foreign.ts";

const place = makePlace();
afterAll(() => place.dispose());

type Call = (...args: unknown[]) => unknown;

const byHand = `
  function Vec(x, y) {
    if (!(this instanceof Vec)) return new Vec(x, y);
    this.x = x;
    this.y = y;
  }
  Vec.prototype.add = function (o) { return new Vec(this.x + o.x, this.y + o.y); };
  Vec.prototype.dot = function (o) { return this.x * o.x + this.y * o.y; };
  Vec.prototype.scaleBy = Vec.prototype.scale = function (k) { this.x *= k; this.y *= k; return this; };
  Object.defineProperty(Vec.prototype, "len", {
    get: function () { return Math.sqrt(this.dot(this)); },
    set: function (l) { this.scale(l / this.len); },
  });
  Vec.zero = function () { return new Vec(0, 0); };
  exports.f = function (a, b) {
    var v = new Vec(a, b).add(new Vec(b, 1));
    v.scaleBy(a);
    v.len = v.len * b;
    return v.len + v.dot(v) + Vec.zero().add(v).x;
  };

  function Base(a) { this.a = a; }
  Base.prototype = { constructor: Base, twice: function () { return 2 * this.value(); }, value: function () { return this.a; } };
  function Derived(a, b) { Base.call(this, a * b); this.b = b; }
  Derived.prototype = Object.create(Base.prototype);
  Derived.prototype.constructor = Derived;
  Derived.prototype.value = function () { return Base.prototype.value.call(this) * this.b * this.b; };
  var Third = function Third(a) { Derived.call(this, a, 3); this.note = "third"; };
  require("util").inherits(Third, Derived);
  exports.inherited = function (a, b) {
    var third = new Third(a);
    return new Derived(a, b).twice() + new Base(a).twice() + (third instanceof Base ? third.twice() : 0);
  };
  exports.state = function (a) { var one = new Derived(a, 2); one.a = a * a; return { one: one.value(), b: one.b }; };

  var lib = {};
  lib.Vector3 = function (x, y, z) { this.set(x, y, z); };
  lib.Vector3.prototype = {
    set: function (x, y, z) { this.x = x; this.y = y || 0; this.z = z === undefined ? 0 : z; return this; },
    get norm() { return Math.hypot(this.x, this.y, this.z); },
    clone: function () { return new lib.Vector3(this.x, this.y, this.z); },
  };
  exports.named = function (a, b) { return new lib.Vector3(a, b, a * b).clone().set(b, a).norm; };`;

const compiled = `
  var __extends = (this && this.__extends) || (function () {
    var extendStatics = function (d, b) { Object.setPrototypeOf(d, b); };
    return function (d, b) { extendStatics(d, b); function T() { this.constructor = d; }
      d.prototype = b === null ? Object.create(b) : (T.prototype = b.prototype, new T()); };
  })();
  var Shape = /** @class */ (function () {
    function Shape(r) { this.r = r; this.k = 2; }
    Shape.prototype.area = function () { return this.k * this.r; };
    Shape.unit = function (r) { return new Shape(r * r); };
    return Shape;
  }());
  var Circle = /** @class */ (function (_super) {
    __extends(Circle, _super);
    function Circle(r, h) {
      var _this = _super.call(this, r * h) || this;
      _this.h = h * _this.r;
      return _this;
    }
    Circle.prototype.area = function () { return _super.prototype.area.call(this) * this.h; };
    return Circle;
  }(Shape));
  var Plain = /** @class */ (function (_super) {
    __extends(Plain, _super);
    function Plain() { return _super !== null && _super.apply(this, arguments) || this; }
    Plain.prototype.more = function (x) { return this.area() + x * this.r; };
    return Plain;
  }(Circle));
  exports.g = function (r) { return new Circle(r, 3).area() + Shape.unit(r).area() + new Plain(r, r).more(r); };

  function _classCallCheck(a, n) { if (!(a instanceof n)) throw new TypeError("Cannot call a class as a function"); }
  function _createClass(f, members) {
    for (var i = 0; i < members.length; i++) {
      members[i].configurable = true;
      if ("value" in members[i]) members[i].writable = true;
      Object.defineProperty(f.prototype, members[i].key, members[i]);
    }
    return f;
  }
  function _inheritsLoose(t, o) { t.prototype = Object.create(o.prototype); t.prototype.constructor = t; }
  var Line = /*#__PURE__*/function () {
    function Line(slope, at) { _classCallCheck(this, Line); this.slope = slope; this.at = at; }
    _createClass(Line, [
      { key: "value", value: function value(x) { return this.slope * x + this.at; } },
      { key: "square", get: function get() { return this.slope * this.slope; } },
    ]);
    return Line;
  }();
  var Curve = /*#__PURE__*/function (_Line) {
    _inheritsLoose(Curve, _Line);
    function Curve(slope) { var _this; _this = _Line.call(this, slope, 1) || this; _this.bend = slope * slope; return _this; }
    var _proto = Curve.prototype;
    _proto.value = function value(x) { return _Line.prototype.value.call(this, x) + this.bend * x * x; };
    return Curve;
  }(Line);
  exports.k = function (s, x) { return new Line(s, 2).value(x) * new Line(s, s).square; };
  exports.bent = function (s, x) { return new Curve(s).value(x); };`;

const calls: readonly [string, string, Readonly<Record<string, readonly unknown[]>>][] = [
  ["by hand", byHand, { f: [1.3, 0.4], inherited: [1.2, 0.7], state: [1.5], named: [0.3, 0.8] }],
  ["as compilers write it", compiled, { g: [1.5], k: [0.6, 1.1], bent: [0.6, 1.1] }],
];

describe.each(calls)("%s", (name, source, called) => {
  test("values and tangents", async () => {
    const [path = ""] = place.write({ [`${name.replaceAll(" ", "-")}.js`]: source });
    const result = compile([path], Object.keys(called));
    expect(errorsOf(result)).toEqual([]);
    const original = (await load(place, path)).default as unknown as Record<string, Call>;
    const changed = (await loadCompiled(place, result, path)).default as unknown as Record<string, Call>;
    for (const [each, args] of Object.entries(called)) {
      const [before, after] = [original[each], changed[each]];
      if (before === undefined || after === undefined) throw new Error(`${each} is not there`);
      checkFunction(before, after, { args });
    }
  });
});

test.each([
  ["a mixin may bring any method", "mix(A.prototype, other);"],
  ["a method of a computed name may be any", 'A.prototype["ar" + "ea"] = function () { return 1; };'],
])("%s", (_, change) => {
  const [path = ""] = place.write({
    [`unclear${change.length}.js`]: `
      function mix(a, b) { for (var k in b) a[k] = b[k]; }
      var other = { area: function () { return 1; } };
      function A(x) { this.x = x; }
      A.prototype.area = function () { return this.x * this.x; };
      ${change}
      exports.f = function (x) { return new A(x).area(); };`,
  });
  expect(errorsOf(compile([path], ["f"])).join()).toMatch(/FG2016|FG3014/);
});
