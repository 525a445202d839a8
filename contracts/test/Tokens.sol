// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// A token that keeps `feeBps` of every transfer; zero makes it a plain one.
contract Token is ERC20("Token", "TOK") {
    uint256 private immutable FEE_BPS;

    constructor(uint256 feeBps) {
        FEE_BPS = feeBps;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount * FEE_BPS / 10_000;
        super._update(from, to, amount - fee);
        if (fee > 0) super._update(from, address(0), fee);
    }
}

/// A token that adds a tenth to whatever is sent.
contract GenerousToken is ERC20("Generous", "GEN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0)) _mint(to, amount / 10);
    }
}

/// A token whose holders sign instead of sending: ERC-2612 and ERC-3009.
contract SignedToken is ERC20("Signed", "SIG"), ERC20Permit("Signed"), ERC3009 {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// A token that returns nothing and names itself in single words, as old ones do, and refuses to pay one address.
contract OldToken {
    bytes32 public constant name = "Old Token";
    bytes32 public constant symbol = "OLD";
    uint256 public constant decimals = 0;

    mapping(address => uint256) public balanceOf;
    address public refused;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function refuse(address account) external {
        refused = account;
    }

    function transfer(address to, uint256 amount) external {
        require(to != refused, "not to you");
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// A token that makes a call of the attacker's choice inside a transfer to or from its victim, and tells how it went.
contract MeddlingToken is ERC20("Meddling", "MED") {
    address private _victim;
    bytes private _call;
    bool public isDone;
    bytes public reason;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// The token itself is the caller, and may spend what it has.
    function arm(address victim, bytes calldata call) external {
        (_victim, _call) = (victim, call);
        _approve(address(this), victim, type(uint256).max);
    }

    function _update(address from, address to, uint256 amount) internal override {
        bytes memory call = _call;
        if (call.length > 0 && (to == _victim || from == _victim)) {
            delete _call;
            (isDone, reason) = _victim.call(call);
        }
        super._update(from, to, amount);
    }
}

/// A token that says of itself what it was told to.
contract OddToken is ERC20 {
    uint8 private immutable DECIMALS;

    constructor(string memory name, string memory symbol, uint8 decimals_) ERC20(name, symbol) {
        DECIMALS = decimals_;
    }

    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }
}

/// A token whose allowances change only from zero, or to it.
contract StrictToken is ERC20("Strict", "STR") {
    function approve(address spender, uint256 amount) public override returns (bool) {
        require(amount == 0 || allowance(msg.sender, spender) == 0, "zero first");
        return super.approve(spender, amount);
    }
}

/// A token that agrees to everything and does nothing.
contract DeafToken is ERC20("Deaf", "DEAF") {
    function approve(address, uint256) public pure override returns (bool) {
        return true;
    }
}

/// A token whose balances change by themselves: they are shares of a pool.
contract RebasingToken is ERC20("Rebasing", "REB") {
    uint256 public percent = 100;

    function grow(uint256 to) external {
        percent = to;
    }

    function sharesOf(address account) public view returns (uint256) {
        return super.balanceOf(account);
    }

    function balanceOf(address account) public view override returns (uint256) {
        return sharesOf(account) * percent / 100;
    }
}

/// A plain token that holds a rebasing one, and asks it what it has.
contract WrappingToken is ERC20("Wrapping", "WRAP") {
    RebasingToken private immutable INSIDE = new RebasingToken();

    function worth() external view returns (uint256) {
        return INSIDE.sharesOf(address(this)) * INSIDE.percent() / 100;
    }
}

/// Another's code behind an address of its own (EIP-1967).
contract ProxyToken is ERC1967Proxy {
    constructor(address implementation) ERC1967Proxy(implementation, abi.encodeCall(ERC20.totalSupply, ())) {}
}

/// The same, told by a function only.
contract TellingProxy {
    address public immutable implementation = address(new RebasingToken());
}
