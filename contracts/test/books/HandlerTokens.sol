// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// A token as it should be, with permits.
contract PlainToken is ERC20Permit {
    constructor() ERC20("Plain", "PLN") ERC20Permit("Plain") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// A token that is told how to misbehave when the escrow takes or pays it.
contract HostileToken is ERC20("Hostile", "HST") {
    enum Mood {
        Plain,
        Fee,
        Reverting,
        Reentering
    }

    address public immutable ESCROW;
    Mood public mood;
    bytes private _again;
    bool public hasReentered; // and was let in

    constructor(address escrow) {
        ESCROW = escrow;
        _mint(address(this), 1e12);
        _approve(address(this), escrow, type(uint256).max);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function turn(Mood next) external {
        mood = next;
    }

    /// The call to make from inside the next transfer.
    function arm(bytes calldata again) external {
        _again = again;
    }

    /// What is left of an amount that is sent now.
    function net(uint256 amount) public view returns (uint256) {
        return mood == Mood.Fee ? amount - amount / 100 : amount;
    }

    function _update(address from, address to, uint256 amount) internal override {
        bool isEscrow = from == ESCROW || to == ESCROW;
        require(!isEscrow || mood != Mood.Reverting, "not today");
        if (isEscrow && mood == Mood.Reentering && _again.length > 0) {
            bytes memory again = _again;
            delete _again;
            (bool isLetIn,) = ESCROW.call(again);
            if (isLetIn) hasReentered = true;
        }
        uint256 rest = isEscrow ? net(amount) : amount;
        super._update(from, to, rest);
        if (rest < amount) super._update(from, address(0), amount - rest);
    }
}

/// A payee that refuses coins until it is told to take them.
contract Sulker {
    bool public isWilling;

    function turn(bool next) external {
        isWilling = next;
    }

    receive() external payable {
        require(isWilling, "no coins, thank you");
    }
}

/// A payee that claims again while it is paid, if it is given the gas.
contract Grasper {
    address private immutable ESCROW;
    bytes private _again;
    bool public hasReentered;

    constructor(address escrow) {
        ESCROW = escrow;
    }

    function arm(bytes calldata again) external {
        _again = again;
    }

    receive() external payable {
        if (gasleft() < 200_000 || _again.length == 0) return;
        (bool isLetIn,) = ESCROW.call(_again);
        if (isLetIn) hasReentered = true;
    }
}
