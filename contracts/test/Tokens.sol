// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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

/// A token that returns nothing, as old ones do, and refuses to pay one address.
contract OldToken {
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
